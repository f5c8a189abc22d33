import { once } from 'node:events';
import { connect } from 'node:net';
import express from 'express';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Growing } from '../growing.ts';
import type { ByteParts } from '../remux/byte-parts.ts';
import { clientSignal } from './client-signal.ts';
import { type Listening, listen } from './listen.ts';
import { sendAsset } from './send-asset.ts';

const text = (value: string): ByteParts => [new TextEncoder().encode(value)];

let rest: Growing<ByteParts>;
let left: Promise<void>;
let server: Listening;
beforeEach(async () => {
  let leave = () => {};
  left = new Promise((resolve) => {
    leave = resolve;
  });
  rest = new Growing<ByteParts>(() => leave());
  const app = express()
    .get('/', async (request, response) => {
      const signal = clientSignal(response);
      const asset = { parts: text('first '), rest: rest.read(signal), contentType: 'video/mp4' };
      await sendAsset(request, response, asset, signal).catch(() => response.destroy());
    })
    .get('/arriving', async (request, response) => {
      const arriving = { sizeBytes: null, contentType: 'video/mp2t', isVolatile: false };
      const pieces = async function* (signal: AbortSignal) {
        yield* text('first ');
        for await (const parts of rest.read(signal)) yield* parts;
      };
      const signal = clientSignal(response);
      await sendAsset(request, response, { ...arriving, pieces }, signal).catch(() => response.destroy());
    });
  server = await listen(app, { host: '127.0.0.1', port: 0, portFallback: false });
});
afterEach(() => server.close());

function finish(): void {
  rest.push(text('second'));
  rest.end();
}

test('sends what is there at once, and the rest as it comes', async () => {
  const answer = await fetch(server.baseUrl);
  expect(answer.headers.get('content-length')).toBeNull();
  const reader = answer.body?.getReader();
  expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('first ');
  finish();
  expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('second');
  expect((await reader?.read())?.done).toBe(true);
});

test('is cut, not ended, when the rest fails', async () => {
  const answer = await fetch(server.baseUrl);
  rest.fail(new Error('died'));
  await expect(answer.text()).rejects.toThrow();
});

test('lets go of the rest when the client leaves', async () => {
  const answer = await fetch(server.baseUrl);
  await answer.body?.cancel();
  await left;
  expect(rest.readers).toBe(0);
});

test('HEAD and a range wait for all of it', async () => {
  const head = fetch(server.baseUrl, { method: 'HEAD' });
  const part = fetch(server.baseUrl, { headers: { Range: 'bytes=4-7' } });
  finish();
  expect((await head).headers.get('content-length')).toBe('12');
  expect((await part).status).toBe(206);
  expect(await (await part).text()).toBe('t se');
});

test.each(['/', '/arriving'])('so does HTTP/1.0, which takes a cut for the end: %s', async (path) => {
  const answer = askOldly(path);
  finish();
  expect((await answer).toLowerCase()).toContain('content-length: 12');
  expect(await answer).toMatch(/first second$/);
});

/** All that comes for a request in HTTP/1.0. */
async function askOldly(path: string): Promise<string> {
  const { port } = new URL(server.baseUrl);
  const socket = connect({ host: '127.0.0.1', port: Number(port) });
  socket.write(`GET ${path} HTTP/1.0\r\n\r\n`);
  let answer = '';
  socket.on('data', (bytes: Buffer) => {
    answer += bytes.toString();
  });
  await once(socket, 'end');
  return answer;
}
