import http from 'node:http';
import net from 'node:net';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { LanAccess } from '../cast/lan-access.ts';
import type { Health } from '../health.ts';
import { createLog } from '../log.ts';
import type { SessionStore } from '../session/types.ts';
import { idleTorrents } from '../torrent/testing.fixture.ts';
import { createApp } from './app.ts';
import { type Listening, listen } from './listen.ts';
import { MemoryStore } from './memory-store.fixture.ts';

export const health: Health = {
  ok: true,
  service: 'raffi',
  version: '0.0.0',
  uptimeSeconds: 1,
  sessions: 0,
  ffmpeg: {
    ffmpeg: { missing: 'not looked for' },
    ffprobe: { missing: 'not looked for' },
    encoder: { used: 'libx264', realTime: null, refused: [] },
  },
};

/** Tokens for devices that reach the app at its own socket. */
export function castAccessTo(sessions: Pick<SessionStore, 'get'>, port: () => number): LanAccess {
  return new LanAccess({
    sessions,
    interfaces: () => ({}),
    castHost: '127.0.0.1',
    ownPort: port,
    listenAt: () => Promise.reject(new Error('Nothing else listens.')),
    log: createLog('silent'),
  });
}

/** The app on a socket of its own for the tests of one file, and ways to call it. */
export function useTestApp() {
  const store = new MemoryStore();
  const logLines: string[] = [];
  let server: Listening;
  const castAccess = castAccessTo(store, () => server.port);

  beforeAll(async () => {
    const app = createApp({
      store,
      torrents: idleTorrents(),
      castAccess,
      health: () => health,
      config: { allowedOrigins: ['https://player.example'], dev: false },
      log: createLog('trace', { write: (line) => logLines.push(line) }),
    });
    server = await listen(app, { host: '127.0.0.1', port: 0, portFallback: false });
  });
  afterEach(() => store.clear());
  afterAll(async () => {
    await castAccess.close();
    await server.close();
  });

  const call = (path: string, init?: RequestInit) => fetch(server.baseUrl + path, init);
  const port = () => Number(new URL(server.baseUrl).port);
  return {
    store,
    castAccess,
    logLines,
    call,
    port,
    baseUrl: () => server.baseUrl,
    open: () => store.create({ source: 'http://host/film.mkv', kind: 'http' }).id,
    post: (path: string, body: unknown) =>
      call(path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      }),
    json: async (path: string): Promise<unknown> => {
      const answer = await call(path);
      expect(answer.status).toBe(200);
      return answer.json();
    },
    raw: (method: string, path: string, headers: http.OutgoingHttpHeaders) =>
      raw(port(), method, path, headers),
    rawGet: (path: string) => rawGet(port(), path),
  };
}

/** Checks that an answer is a problem document, and gives it. */
export async function expectProblem(
  answer: Response,
  status: number,
  code: string,
): Promise<Record<string, unknown>> {
  const body = (await answer.json()) as Record<string, unknown>;
  expect([answer.status, body.code]).toEqual([status, code]);
  expect(answer.headers.get('Content-Type')).toBe('application/problem+json');
  expect(body).toMatchObject({ status, type: `urn:raffi:error:${code}` });
  expect(String(body.detail).length).toBeGreaterThan(10);
  return body;
}

/** A request with headers that `fetch` does not let a program set. */
function raw(port: number, method: string, path: string, headers: http.OutgoingHttpHeaders) {
  return new Promise<{ status: number; headers: http.IncomingHttpHeaders; body: string }>(
    (resolve, reject) => {
      const request = http.request({ port, method, path, headers, agent: false }, async (response) => {
        let body = '';
        for await (const chunk of response.setEncoding('utf8')) body += chunk;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      });
      request.once('error', reject).end();
    },
  );
}

/** A path sent as it is: `fetch` would resolve `..` before it leaves. */
async function rawGet(port: number, path: string): Promise<Response> {
  const socket = net.connect(port, '127.0.0.1');
  socket.end(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
  let text = '';
  for await (const chunk of socket.setEncoding('utf8')) text += chunk;
  const [head = '', body = ''] = text.split('\r\n\r\n');
  const type = /^content-type: (.*)$/im.exec(head)?.[1] ?? '';
  const chunked = /transfer-encoding: chunked/i.test(head) ? body.split('\r\n')[1] : body;
  return new Response(chunked, { status: Number(head.split(' ')[1]), headers: { 'Content-Type': type } });
}
