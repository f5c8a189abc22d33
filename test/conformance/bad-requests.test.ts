import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../src/errors.ts';
import { film } from '../lab/media/index.ts';
import { type Answer, problemOf, Rig } from './rig.ts';

const NOBODY = '00000000-0000-4000-8000-000000000000';

let rig: Rig;
let session: string;
beforeAll(async () => {
  rig = await Rig.start({ allowedOrigins: ['https://player.example'] });
  session = await rig.open(await film('gop2-mkv'));
});
afterAll(() => rig.stop());
/** Whatever was asked, the core lives on, and the good film still plays. */
afterEach(async () => {
  expect((await rig.get('/')).status).toBe(200);
  expect((await rig.get(`/sessions/${session}/hls/v0/0.m4s`)).status).toBe(200);
});

function expectProblem(answer: Answer, status: number, code: string): void {
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  const problem = problemOf(answer);
  expect(problem).toMatchObject({ status, code, type: `urn:raffi:error:${code}` });
  expect(ERROR_CODES).toContain(problem.code);
  expect(problem.title.length).toBeGreaterThan(5);
  expect(problem.detail.length).toBeGreaterThan(15);
  expect(JSON.stringify(problem)).not.toMatch(/\bat .*\.ts:\d|node_modules|secret|\/root|\/tmp/);
}

describe('sources that are refused unseen', () => {
  it.each([
    ['', 'source_missing'],
    ['   ', 'source_missing'],
    ['file:///etc/passwd', 'source_refused'],
    ['FILE:/etc/passwd', 'source_refused'],
    ['/etc/passwd', 'source_refused'],
    ['../film.mkv', 'source_refused'],
    ['C:\\film.mkv', 'source_refused'],
    ['\\\\server\\share\\film.mkv', 'source_refused'],
    ['~/film.mkv', 'source_refused'],
    ['-i', 'source_refused'],
    ['-protocol_whitelist file,http http://x/', 'source_refused'],
    ['ftp://example.com/film.mkv?key=secret', 'source_refused'],
    ['rtmp://example.com/live', 'source_refused'],
    ['concat:http://a/1|file:/etc/passwd', 'source_refused'],
    ['data:video/mp4;base64,AAAA', 'source_refused'],
    ['javascript:alert(1)', 'source_refused'],
    ['gopher://127.0.0.1:25/', 'source_refused'],
    ['http://', 'source_refused'],
    ['just words', 'source_refused'],
    ['http://exa mple.com/', 'source_refused'],
    ['http://example.com/\r\nX: secret', 'source_refused'],
    ['http://169.254.169.254/latest/meta-data?secret', 'source_refused'],
    ['http://[fe80::1]/', 'source_refused'],
    ['http://[::ffff:169.254.169.254]/', 'source_refused'],
    ['http://0xa9fea9fe/', 'source_refused'],
    ['http://2852039166/', 'source_refused'],
    ['http://169.254.43518/', 'source_refused'],
    ['http://0/', 'source_refused'],
    [`http://example.com/${'x'.repeat(9000)}`, 'source_refused'],
  ])('%j is %s', async (source, code) => {
    const before = (await rig.get('/sessions')).bytes.length;
    expectProblem(await rig.send('POST', '/sessions', { source }), 400, code);
    expect((await rig.get('/sessions')).bytes.length).toBe(before);
  });

  it.each([
    [{}, 'source_missing'],
    [{ source: 5 }, 'source_missing'],
    [{ source: null }, 'source_missing'],
    [[], 'bad_request'],
    ['text', 'bad_request'],
    [{ source: 'http://x/f.mkv', kind: 'file' }, 'unknown_kind'],
    [{ source: 'http://x/f.mkv', startTime: -1 }, 'bad_start_time'],
    [{ source: 'http://x/f.mkv', startTime: 'soon' }, 'bad_start_time'],
    [{ source: 'http://x/f.mkv', startTime: null }, 'bad_start_time'],
    [{ source: 'http://x/f.mkv', headers: { 'X-A': 'a\r\nHost: evil' } }, 'bad_request'],
    [{ source: 'http://x/f.mkv', headers: { 'bad name': 'a' } }, 'bad_request'],
    [{ source: 'http://x/f.mkv', capabilities: { video: 'all' } }, 'bad_request'],
    [{ source: 'http://x/f.mkv', languages: 'de' }, 'bad_request'],
    [{ source: 'http://x/f.mkv', languages: ['no such tag'] }, 'bad_request'],
    [{ source: 'http://x/f.mkv', languages: Array(33).fill('de') }, 'bad_request'],
  ])('body %j is %s', async (body, code) => {
    expectProblem(await rig.send('POST', '/sessions', body), 400, code);
  });

  it.each([
    ['', 'bad_json'],
    ['{', 'bad_json'],
    ['{"source":"http://x/"', 'bad_json'],
    ['source=http://x/', 'bad_json'],
    ['[[[[[[[[', 'bad_json'],
    ['{"source":"\u0000"}', 'bad_json'],
  ])('text %j is %s', async (body, code) => {
    expectProblem(await rig.get('/sessions', { method: 'POST', body }), 400, code);
  });

  it('1 MiB of JSON is body_too_large, and so is 1 MiB that never says its length', async () => {
    const body = JSON.stringify({ source: 'x'.repeat(2 ** 20) });
    expectProblem(await rig.get('/sessions', { method: 'POST', body }), 413, 'body_too_large');
    const answer = await rawPost('/sessions', body);
    expect(answer).toMatch(/^HTTP\/1\.1 413/);
    expect(answer).toContain('"code":"body_too_large"');
  });
});

describe('times', () => {
  it.each([
    'NaN',
    '-1',
    '-0.5',
    'Infinity',
    '-Infinity',
    '1;2',
    'abc',
    '0x10',
    '1e',
    '%00',
    '1,5',
    '1&seek=2',
  ])('seek=%s is bad_seek', async (seek) => {
    expectProblem(await rig.get(`/sessions/${session}/stream?seek=${seek}`), 400, 'bad_seek');
  });

  it.each(['1e300', '99999999999', '20', '1e999'])(
    'seek=%s lies behind the end: the last segment',
    async (seek) => {
      const answer = await rig.get(`/sessions/${session}/stream?force_slice=1&seek=${seek}`);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('x-raffi-slice-start')).toBe('16.000');
    },
  );
});

describe('names nobody wrote', () => {
  it.each([
    ['GET', `/sessions/${NOBODY}`, 'session_not_found'],
    ['GET', '/sessions/..%2f..%2fetc', 'session_not_found'],
    ['GET', '/sessions/__proto__', 'session_not_found'],
    ['DELETE', `/sessions/${NOBODY}`, 'session_not_found'],
    ['GET', `/sessions/${NOBODY}/stream`, 'session_not_found'],
    ['GET', `/sessions/${NOBODY}/master.m3u8`, 'session_not_found'],
    ['GET', `/sessions/${NOBODY}/direct`, 'session_not_found'],
    ['POST', `/sessions/${NOBODY}/audio`, 'session_not_found'],
    ['GET', '/sessions/S/stream/..%2f..%2f..%2fetc%2fpasswd', 'segment_not_found'],
    ['GET', '/sessions/S/stream/..%5c..%5cwindows%5cwin.ini', 'segment_not_found'],
    ['GET', '/sessions/S/stream/%2e%2e%2fs0a0-0.ts', 'segment_not_found'],
    ['GET', '/sessions/S/stream/s0a0-0.ts%00.mkv', 'segment_not_found'],
    ['GET', '/sessions/S/stream/s0a0-9999999.ts', 'segment_not_found'],
    ['GET', '/sessions/S/stream/s0a0--1.ts', 'segment_not_found'],
    ['GET', '/sessions/S/stream/s0a0-1e3.ts', 'segment_not_found'],
    ['GET', '/sessions/S/stream/s0a99-0.ts', 'segment_not_found'],
    ['GET', '/sessions/S/stream/s0v-0.ts.ts', 'segment_not_found'],
    ['GET', '/sessions/S/hls/v1/0.m4s', 'segment_not_found'],
    ['GET', '/sessions/S/hls/a7/init.mp4', 'segment_not_found'],
    ['GET', '/sessions/S/hls/v0/9999999.m4s', 'segment_not_found'],
    ['GET', '/sessions/S/hls/..%2f..%2f/0.m4s', 'segment_not_found'],
    ['GET', '/sessions/S/hls/constructor/0.m4s', 'segment_not_found'],
    ['GET', '/sessions/S/hls/v0/-1.m4s', 'segment_not_found'],
    ['GET', '/sessions/S/hls/v0/0.m4s%2f..%2finit.mp4', 'segment_not_found'],
    ['GET', '/nothing', 'not_found'],
    ['GET', '/sessions/%E0%A4%A', 'not_found'],
    ['GET', '/sessions//stream', 'not_found'],
  ])('%s %s is %s', async (method, path, code) => {
    const body = method === 'POST' ? { index: 0 } : undefined;
    expectProblem(await rig.send(method, path.replace('/S/', `/${session}/`), body), 404, code);
  });

  it.each([-1, 1.5, 99, '0', null, undefined, 1e300])('audio track %j is bad_audio_index', async (index) => {
    const answer = await rig.send('POST', `/sessions/${session}/audio`, { index });
    expectProblem(answer, 400, 'bad_audio_index');
  });

  it('a method that is not allowed says which are', async () => {
    const answer = await rig.send('PUT', '/sessions', {});
    expect([404, 405]).toContain(answer.status);
    expect(ERROR_CODES).toContain(problemOf(answer).code);
  });

  it('an impossible range is 416 and tells the size', async () => {
    const answer = await rig.get(`/sessions/${session}/direct`, { headers: { Range: 'bytes=999999999-' } });
    expectProblem(answer, 416, 'range_not_satisfiable');
    expect(answer.headers.get('content-range')).toMatch(/^bytes \*\/\d+$/);
  });
});

describe('who may ask', () => {
  const guarded = (headers: Record<string, string>) => rawGet('/sessions', headers);

  it.each([
    'evil.example',
    'evil.example:PORT',
    '127.0.0.1.evil.example:PORT',
    '127.0.0.1:1',
    '169.254.169.254',
  ])('Host %s is host_refused', async (host) => {
    const { port } = new URL(rig.baseUrl);
    expectProblem(await guarded({ Host: host.replace('PORT', port) }), 403, 'host_refused');
  });

  it.each([
    'https://evil.example',
    'null',
    'http://localhost:1',
    'https://player.example.evil.example',
    'file://',
  ])('Origin %s is origin_refused, and gets no CORS', async (origin) => {
    const answer = await guarded({ Origin: origin });
    expectProblem(answer, 403, 'origin_refused');
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('Sec-Fetch-Site cross-site without an Origin is origin_refused; with an allowed one it is let in', async () => {
    expectProblem(await guarded({ 'Sec-Fetch-Site': 'cross-site' }), 403, 'origin_refused');
    const allowed = await guarded({ 'Sec-Fetch-Site': 'cross-site', Origin: 'https://player.example' });
    expect(allowed.status).toBe(200);
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://player.example');
  });

  it('what is not HTTP at all is answered 400 or cut off', async () => {
    expect(await rawBytes('\x16\x03\x01\x02\x00\x01\x00\x01\xfc')).toMatch(/^(HTTP\/1\.1 400|$)/);
    expect(await rawBytes(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(100_000)}\r\n\r\n`)).toMatch(
      /^(HTTP\/1\.1 4(00|31)|$)/,
    );
  });
});

/** With headers that `fetch` does not let through. */
function rawGet(path: string, headers: Record<string, string>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    httpRequest(new URL(path, rig.baseUrl), { headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const pairs = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
        const answer = {
          status: response.statusCode ?? 0,
          headers: new Headers(pairs as [string, string][]),
        };
        resolve({ ...answer, bytes: Buffer.concat(chunks) });
      });
    })
      .on('error', reject)
      .end();
  });
}

function rawPost(path: string, body: string): Promise<string> {
  const { host } = new URL(rig.baseUrl);
  const chunk = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
  return rawBytes(`POST ${path} HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}`);
}

/** All that comes back until the connection ends; it is not kept alive by us. */
function rawBytes(bytes: string): Promise<string> {
  const { hostname, port } = new URL(rig.baseUrl);
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes, 'latin1'));
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      answer += text;
      socket.end();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(answer));
  });
}
