import { describe, expect, test } from 'vitest';
import { expectProblem, useTestApp } from '../test-app.fixture.ts';

const { call, json, open, post, store } = useTestApp();

describe('POST /sessions', () => {
  test('opens a session at once', async () => {
    const answer = await post('/sessions', {
      source: ' https://host/film.mkv?key=s3cret ',
      kind: 'http',
      startTime: 3.5,
      fileIdx: 0,
      headers: { Cookie: 'a=b', Host: 'dropped', Range: 'bytes=0-' },
      capabilities: {
        containers: [],
        video: ['avc1.640028'],
        audio: [],
        maxChannels: 2,
        maxHeight: 2160,
        hdr: false,
      },
      languages: ['de-AT', 'en'],
      trackers: [],
      unknown: 'ignored',
    });
    expect(answer.status).toBe(200);
    const { id } = (await answer.json()) as { id: string };
    expect(store.get(id).request).toMatchObject({
      source: 'https://host/film.mkv?key=s3cret',
      kind: 'http',
      startTime: 3.5,
      headers: { Cookie: 'a=b' },
      languages: ['de-AT', 'en'],
    });
  });

  test('reads a beacon that says text/plain', async () => {
    const body = JSON.stringify({ source: 'http://host/film.mp4' });
    const answer = await call('/sessions', {
      method: 'POST',
      body,
      headers: { 'Content-Type': 'text/plain' },
    });
    expect(answer.status).toBe(200);
  });

  test.each([
    [{}, 400, 'source_missing'],
    [{ source: 5 }, 400, 'source_missing'],
    [{ source: '  ' }, 400, 'source_missing'],
    [{ source: 'not a url' }, 400, 'source_refused'],
    [{ source: '-i' }, 400, 'source_refused'],
    [{ source: 'ftp://host/x' }, 400, 'source_refused'],
    [{ source: 'javascript:alert(1)' }, 400, 'source_refused'],
    [{ source: 'file:///etc/passwd' }, 400, 'source_refused'],
    [{ source: '/etc/passwd' }, 400, 'source_refused'],
    [{ source: 'C:\\film.mkv' }, 400, 'source_refused'],
    [{ source: 'http://169.254.169.254/latest' }, 400, 'source_refused'],
    [{ source: `http://host/${'a'.repeat(9000)}` }, 400, 'source_refused'],
    [{ source: 'http://host/x', kind: 'ftp' }, 400, 'unknown_kind'],
    [{ source: 'http://host/x', kind: 'file' }, 400, 'unknown_kind'],
    [{ source: 'magnet:?xt=urn:btih:0' }, 400, 'bad_torrent'],
    [{ source: 'film', kind: 'torrent' }, 400, 'bad_torrent'],
    [{ source: `magnet:?xt=urn:btmh:1220${'0'.repeat(64)}` }, 422, 'torrent_unsupported'],
    [{ source: '', kind: 'torrent' }, 400, 'source_missing'],
    [{ source: '/films/a.torrent', kind: 'torrent' }, 400, 'source_refused'],
    [{ source: 'http://169.254.169.254/a.torrent' }, 400, 'source_refused'],
    [{ source: 'http://host/x', startTime: -1 }, 400, 'bad_start_time'],
    [{ source: 'http://host/x', startTime: '5' }, 400, 'bad_start_time'],
    [{ source: 'http://host/x', startTime: null }, 400, 'bad_start_time'],
    [{ source: 'http://host/x', fileIdx: 1.5 }, 400, 'bad_request'],
    [{ source: 'http://host/x', headers: { 'a b': 'c' } }, 400, 'bad_request'],
    [{ source: 'http://host/x', headers: { a: 'c\r\nd: e' } }, 400, 'bad_request'],
    [{ source: 'http://host/x', headers: manyHeaders(65) }, 400, 'bad_request'],
    [{ source: 'http://host/x', capabilities: { video: 'all' } }, 400, 'bad_request'],
    [[], 400, 'bad_request'],
    [null, 400, 'bad_request'],
  ])('%j → %d %s', async (body, status, code) => {
    await expectProblem(await post('/sessions', body), status, code);
    expect(store.list()).toEqual([]);
  });

  test('tells bad JSON from a body that is too large', async () => {
    for (const body of ['{', '', '\0'])
      await expectProblem(await call('/sessions', { method: 'POST', body }), 400, 'bad_json');
    const body = JSON.stringify({ source: 'x'.repeat(1024 * 1024) });
    await expectProblem(await call('/sessions', { method: 'POST', body }), 413, 'body_too_large');
    const gzip = { method: 'POST', body: 'x', headers: { 'Content-Encoding': 'gzip' } };
    await expectProblem(await call('/sessions', gzip), 400, 'bad_request');
  });
});

describe('a session', () => {
  test('is listed, shown and ended', async () => {
    const id = open();
    expect(await json('/sessions')).toMatchObject({ sessions: [{ id }] });
    expect(await json(`/sessions/${id}`)).toMatchObject({ id, source: 'http://host/film.mkv', kind: 'http' });
    expect(await json('/stats')).toMatchObject({ uptimeSeconds: 1, sessions: [{ id }] });
    expect((await call(`/sessions/${id}`, { method: 'DELETE' })).status).toBe(204);
    await expectProblem(await call(`/sessions/${id}`, { method: 'DELETE' }), 404, 'session_not_found');
    await expectProblem(await call(`/sessions/${id}`), 404, 'session_not_found');
  });

  test('is listed without the key in its link', async () => {
    const source = 'https://me:s3cret@host.example/film.mkv?key=s3cret';
    const { id } = store.create({ source, kind: 'http' });
    const list = await json('/sessions');
    expect(list).toMatchObject({ sessions: [{ id, source: 'https://host.example/film.mkv' }] });
    expect(JSON.stringify(list)).not.toContain('s3cret');
    expect(await json(`/sessions/${id}`)).toMatchObject({ source });
  });

  test('switches audio', async () => {
    const id = open();
    const answer = await post(`/sessions/${id}/audio`, { index: 1 });
    expect(answer.status).toBe(200);
    expect(store.get(id).snapshot().audioIndex).toBe(1);
    for (const index of [-1, 0.5, '1', null, undefined, 9]) {
      await expectProblem(await post(`/sessions/${id}/audio`, { index }), 400, 'bad_audio_index');
    }
    await expectProblem(await post('/sessions/nobody/audio', { index: 0 }), 404, 'session_not_found');
  });

  test.each(['POST', 'DELETE'])('%s /cleanup takes its id from wherever it may be', async (method) => {
    const requests: ((id: string) => [path: string, init: RequestInit])[] = [
      (id) => [`/cleanup?id=${id}`, {}],
      (id) => [`/cleanup?id=${id}`, { body: '', headers: { 'Content-Type': 'text/plain;charset=UTF-8' } }],
      (id) => ['/cleanup', { body: JSON.stringify({ id }), headers: { 'Content-Type': 'application/json' } }],
      (id) => ['/cleanup', { body: JSON.stringify({ id }) }],
    ];
    for (const request of requests) {
      const id = open();
      const [path, init] = request(id);
      for (const removed of [true, false]) {
        const answer = await call(path, { ...init, method });
        expect(answer.status).toBe(200);
        expect(await answer.json()).toEqual({ ok: true, removed });
      }
    }
    for (const body of ['', '{}', '{"id":5}', '[]', 'null']) {
      await expectProblem(await call('/cleanup', { method, body }), 400, 'bad_request');
    }
    await expectProblem(await call('/cleanup?id=', { method, body: '{' }), 400, 'bad_json');
  });
});

function manyHeaders(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`x-${index}`, 'v']));
}
