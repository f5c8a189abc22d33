import { describe, expect, test } from 'vitest';
import { expectProblem, useTestApp } from '../test-app.fixture.ts';

const { call, castAccess, logLines, open, port, post, json } = useTestApp();

describe('POST /cast/token', () => {
  test('tells the token, when it ends, and where the film is with it', async () => {
    const id = open();
    const before = Date.now();
    const answer = await post('/cast/token', { sessionId: id, ttlSeconds: 1 });
    expect(answer.status).toBe(200);
    const issued = (await answer.json()) as Record<string, string>;
    const base = `http://127.0.0.1:${port()}/sessions/${id}`;
    expect(issued).toEqual({
      token: expect.stringMatching(/^[\w-]{43}$/),
      expiresAt: expect.any(String),
      streamUrl: `${base}/stream?cast_token=${issued.token}`,
      sessionUrl: `${base}?cast_token=${issued.token}`,
      masterUrl: `${base}/master.m3u8?cast_token=${issued.token}`,
    });
    const ttlMs = Date.parse(issued.expiresAt ?? '') - before;
    expect(ttlMs).toBeGreaterThanOrEqual(30_000);
    expect(ttlMs).toBeLessThan(60_000);
    expect(await json('/stats')).toMatchObject({ cast: castAccess.stats() });
  });

  test.each([
    undefined,
    {},
    { sessionId: 7 },
    { sessionId: '' },
    { sessionId: 'x'.repeat(101) },
    { sessionId: 'x', ttlSeconds: 0 },
    { sessionId: 'x', ttlSeconds: -1 },
    { sessionId: 'x', ttlSeconds: '60' },
    { sessionId: 'x', ttlSeconds: null },
    [[]],
  ])('refuses %j', async (body) => {
    await expectProblem(
      await post('/cast/token', body),
      400,
      body === undefined ? 'bad_json' : 'bad_request',
    );
  });

  test('refuses a session that there is not', async () => {
    await expectProblem(await post('/cast/token', { sessionId: 'x' }), 404, 'session_not_found');
  });

  test('refuses more than a session may have, and says when to come again', async () => {
    const id = open();
    for (let n = 0; n < 16; n++) await castAccess.issue(id);
    const answer = await post('/cast/token', { sessionId: id });
    expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(0);
    await expectProblem(answer, 429, 'too_many_requests');
  });
});

test('playlists that are fetched with a token carry it on', async () => {
  const id = open();
  const { token, masterUrl } = await castAccess.issue(id);
  for (const path of ['master.m3u8', 'stream', 'hls/v0/playlist.m3u8']) {
    const plain = await (await call(`/sessions/${id}/${path}`)).text();
    expect(plain).not.toContain('cast_token');
    for (const [query, headers] of [
      [`?cast_token=${token}`, {}],
      ['', { 'X-Raffi-Cast-Token': token }],
    ] as const) {
      const answer = await call(`/sessions/${id}/${path}${query}`, { headers });
      const text = await answer.text();
      expect(text).toBe(
        plain
          .replace(/(URI="[^"]*)"/g, `$1?cast_token=${token}"`)
          .replace(/^(\/.*)$/gm, `$1?cast_token=${token}`),
      );
      expect(text).toContain(token);
      expect(Number(answer.headers.get('Content-Length'))).toBe(text.length);
    }
    // A token that opens nothing is nothing to carry on.
    expect(await (await call(`/sessions/${id}/${path}?cast_token=${token}x`)).text()).toBe(plain);
  }
  expect(await (await fetch(masterUrl)).text()).toContain(token);
});

test('no token comes into the log, into a problem or into a header', async () => {
  const id = open();
  const { token } = await castAccess.issue(id);
  const answers = await Promise.all(
    [
      `/sessions/${id}`,
      `/sessions/${id}/stream/crash.ts`,
      `/sessions/${id}/stream/none.ts`,
      '/nothing',
      '/sessions/%',
      '//x/y',
    ].flatMap((path) => [
      call(`${path}?cast_token=${token}`),
      call(path, { headers: { 'X-Raffi-Cast-Token': token } }),
      call(`${path}?cast_token=${token}`, { headers: { Origin: 'https://evil.example' } }),
    ]),
  );
  for (const answer of answers) {
    expect(JSON.stringify([...answer.headers])).not.toContain(token);
    expect(await answer.text()).not.toContain(token);
  }
  expect(logLines.length).toBeGreaterThan(answers.length);
  expect(logLines.join('')).not.toContain(token);
});
