import { describe, expect, test } from 'vitest';
import { RaffiError } from './errors.ts';
import { createLog, redactUrl, redactUrls } from './log.ts';

describe('redactUrl', () => {
  test.each([
    ['https://user:pw@host:8443/a/film.mkv?key=s3cret#t', 'https://host:8443/a/film.mkv'],
    ['magnet:?xt=urn:btih:abc&dn=secret', 'magnet:…'],
    ['/home/person/Films/film.mkv', 'film.mkv'],
    ['C:\\Users\\person\\film.mkv', 'film.mkv'],
    ['http://[', 'http:…'],
    ['not a url?key=s3cret', 'not a url'],
  ])('%s → %s', (url, expected) => {
    expect(redactUrl(url)).toBe(expected);
  });

  test('finds URLs inside a sentence', () => {
    expect(redactUrls('GET "https://host/x?key=s3cret" failed; /sessions/1/stream?cast_token=abc')).toBe(
      'GET "https://host/x" failed; /sessions/1/stream?cast_token=[redacted]',
    );
  });
});

describe('createLog', () => {
  test('writes no secret, wherever it hides', () => {
    const lines: string[] = [];
    const log = createLog('trace', { write: (line) => lines.push(line) });
    const cause = new Error('fetch of https://host/film?key=s3cret failed');
    const err = new RaffiError('source_failed', 'No answer from https://host/film?key=s3cret.', { cause });
    log.info({ headers: { authorization: 's3cret' }, request: { headers: { cookie: 's3cret' } } }, 'one');
    log.info({ source: 'https://host/film?key=s3cret', url: '/sessions/1?cast_token=s3cret' }, 'two');
    log.error({ err, token: 's3cret' }, 'three https://host/?key=s3cret');
    expect(lines).toHaveLength(3);
    expect(lines.join('')).not.toContain('s3cret');
    expect(JSON.parse(lines[2] ?? '')).toMatchObject({
      msg: 'three https://host/',
      err: { code: 'source_failed', cause: { message: 'fetch of https://host/film failed' } },
    });
  });

  test('survives a chain of causes that bites its own tail', () => {
    const lines: string[] = [];
    const loop = new Error('loop');
    loop.cause = loop;
    createLog('info', { write: (line) => lines.push(line) }).error({ err: loop }, 'x');
    expect(lines).toHaveLength(1);
  });
});
