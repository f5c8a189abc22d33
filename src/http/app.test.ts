import type http from 'node:http';
import { describe, expect, test } from 'vitest';
import { expectProblem, health, useTestApp } from './test-app.fixture.ts';

const { baseUrl, call, json, port, raw, store } = useTestApp();

const EXPOSED = 'X-Raffi-Slice-Start, Accept-Ranges, Content-Range, Content-Length';

describe('every answer', () => {
  test('has no banner, is never sniffed and runs nothing', async () => {
    for (const path of ['/', '/nothing']) {
      const { headers } = await call(path);
      expect(headers.get('X-Powered-By')).toBeNull();
      expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
      expect(headers.get('Content-Security-Policy')).toContain("default-src 'none'");
    }
    expect((await call('/', { method: 'HEAD' })).status).toBe(200);
    expect(await json('/')).toEqual(health);
  });

  test.each([
    ['PUT', '/', 'GET, HEAD, OPTIONS'],
    ['DELETE', '/sessions', 'GET, HEAD, POST, OPTIONS'],
    ['POST', '/sessions/x', 'GET, HEAD, DELETE, OPTIONS'],
    ['POST', '/sessions/x/stream', 'GET, HEAD, OPTIONS'],
    ['GET', '/sessions/x/audio', 'POST, OPTIONS'],
    ['GET', '/cleanup', 'POST, DELETE, OPTIONS'],
    ['PATCH', '/stats', 'GET, HEAD, OPTIONS'],
    ['HEAD', '/cast/token', 'POST, OPTIONS'],
  ])('%s %s → 405, Allow: %s', async (method, path, allow) => {
    const answer = await call(path, { method });
    expect([answer.status, answer.headers.get('Allow')]).toEqual([405, allow]);
    if (method !== 'HEAD') await expectProblem(answer, 405, 'method_not_allowed');
  });

  test('lets an allowed page read it, and no other', async () => {
    for (const Origin of ['app://raffi', 'https://player.example', baseUrl()]) {
      const preflight = await raw('OPTIONS', '/sessions', {
        Origin,
        'Access-Control-Request-Method': 'POST',
      });
      expect(preflight.status).toBe(204);
      expect(preflight.headers).toMatchObject({
        'access-control-allow-origin': Origin,
        'access-control-allow-methods': 'GET, POST, OPTIONS, DELETE, HEAD',
        'access-control-allow-headers': 'Content-Type, Accept-Encoding, Range, X-Raffi-Cast-Token',
        'access-control-expose-headers': EXPOSED,
        'access-control-max-age': '7200',
        vary: 'Origin',
      });
      const problem = await raw('GET', '/nothing', { Origin, 'Sec-Fetch-Site': 'cross-site' });
      expect(problem.status).toBe(404);
      expect(problem.headers).toMatchObject({ 'access-control-allow-origin': Origin, vary: 'Origin' });
      expect(problem.headers['access-control-expose-headers']).toBe(EXPOSED);
    }
    const refusals: [http.OutgoingHttpHeaders, string][] = [
      [{ Origin: 'https://evil.example' }, 'origin_refused'],
      [{ Origin: 'http://localhost:5173' }, 'origin_refused'],
      [{ 'Sec-Fetch-Site': 'cross-site' }, 'origin_refused'],
      [{ Host: 'evil.example' }, 'host_refused'],
      [{ Host: `evil.example:${port()}` }, 'host_refused'],
    ];
    for (const [headers, code] of refusals) {
      for (const method of ['GET', 'POST', 'OPTIONS']) {
        const answer = await raw(method, '/sessions', headers);
        expect(answer.status).toBe(403);
        expect(JSON.parse(answer.body)).toMatchObject({ code });
        expect(answer.headers['access-control-allow-origin']).toBeUndefined();
      }
    }
    expect((await raw('GET', '/', { 'Sec-Fetch-Site': 'none' })).status).toBe(200);
  });

  // The first three are "simple" (Fetch §2.2.2): any page may send them anywhere without asking.
  test.each([
    'multipart/form-data; boundary=x',
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/json',
    'application/x-bittorrent',
  ])('no page sends a POST with %s', async (type) => {
    const form = '--x\r\nContent-Disposition: form-data; name="torrent"; filename="a"\r\n\r\nd\r\n--x--\r\n';
    const foreign = [
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
      { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'cross-site' },
    ];
    for (const headers of foreign) {
      const answer = await call('/sessions', {
        method: 'POST',
        body: form,
        headers: { 'Content-Type': type, ...headers },
      });
      await expectProblem(answer, 403, 'origin_refused');
    }
    const own = await call('/sessions', { method: 'POST', body: form, headers: { 'Content-Type': type } });
    expect(own.status).toBe(400);
    expect(store.list()).toEqual([]);
  });
});
