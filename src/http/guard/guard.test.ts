import http from 'node:http';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '../../log.ts';
import { idleTorrents } from '../../torrent/testing.fixture.ts';
import { createApp } from '../app.ts';
import { type Listening, listen } from '../listen.ts';
import { MemoryStore } from '../memory-store.fixture.ts';
import { castAccessTo, health } from '../test-app.fixture.ts';

/** Reached through its own network address, this computer looks like any other device. */
const lanAddress = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

const store = new MemoryStore();
let server: Listening;
const castAccess = castAccessTo(store, () => server.port);

beforeAll(async () => {
  const app = createApp({
    store,
    torrents: idleTorrents(),
    health: () => health,
    config: { allowedOrigins: [], dev: true },
    log: createLog('silent'),
    castAccess,
  });
  server = await listen(app, { host: '0.0.0.0', port: 0, portFallback: false });
});
afterAll(async () => {
  await castAccess.close();
  await server.close();
});

test.skipIf(lanAddress === undefined)(
  'a device of the network needs a token, and gets no source',
  async () => {
    const { id } = store.create({ source: 'http://host/film.mkv?key=s3cret', kind: 'http' });
    const { token } = await castAccess.issue(id);
    const query = `cast_token=${token}`;
    expect(await far('GET', '/')).toMatchObject({ status: 403, code: 'not_local' });
    // Whatever the headers say: the socket decides.
    const forged = { Host: '127.0.0.1', 'X-Forwarded-For': '127.0.0.1', Origin: 'app://raffi' };
    expect(await far('GET', '/sessions', forged)).toMatchObject({ status: 403, code: 'not_local' });
    expect(await far('GET', `/sessions/${id}`)).toMatchObject({ status: 401, code: 'token_missing' });
    expect(await far('GET', `/sessions/${id}?cast_token=x`)).toMatchObject({
      status: 401,
      code: 'token_invalid',
    });
    expect(await far('DELETE', `/sessions/${id}?${query}`)).toMatchObject({ status: 403, code: 'not_local' });

    const inHeader = await far('GET', `/sessions/${id}`, { 'X-Raffi-Cast-Token': token });
    const inQuery = await far('GET', `/sessions/${id}?${query}`, { 'X-Raffi-Cast-Token': 'x' });
    for (const answer of [inHeader, inQuery]) {
      expect(answer).toMatchObject({ status: 200, json: { id } });
      expect(answer.text).not.toContain('host');
    }
    expect(await far('GET', `/sessions/${id}?cast_token=x`, { 'X-Raffi-Cast-Token': token })).toMatchObject({
      code: 'token_invalid',
    });
    const receiver = { Origin: 'https://www.gstatic.com' };
    const segment = await far('GET', `/sessions/${id}/stream/ok.ts?${query}`, receiver);
    expect(segment.headers['access-control-allow-origin']).toBe(receiver.Origin);
    expect((await far('OPTIONS', `/sessions/${id}/stream/ok.ts?${query}`, receiver)).status).toBe(204);
  },
);

test('the dev server may use a core in development', async () => {
  const answer = await request('127.0.0.1', 'GET', '/', { Origin: 'http://localhost:5173' });
  expect(answer).toMatchObject({ status: 200, json: { ok: true } });
});

function far(method: string, path: string, headers: http.OutgoingHttpHeaders = {}) {
  return request(lanAddress ?? '', method, path, headers);
}

function request(host: string, method: string, path: string, headers: http.OutgoingHttpHeaders) {
  const { port } = new URL(server.baseUrl);
  interface Answer {
    status: number;
    code: unknown;
    json: unknown;
    text: string;
    headers: http.IncomingHttpHeaders;
  }
  return new Promise<Answer>((resolve, reject) => {
    const sent = http.request({ host, port, method, path, headers, agent: false }, async (response) => {
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) text += chunk;
      const json = text.startsWith('{') ? (JSON.parse(text) as { code?: unknown }) : {};
      resolve({ status: response.statusCode ?? 0, code: json.code, json, text, headers: response.headers });
    });
    sent.once('error', reject).end();
  });
}
