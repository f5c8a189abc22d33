import { once } from 'node:events';
import express from 'express';
import { expect, test } from 'vitest';
import { listen } from './listen.ts';
import { sendStream } from './send-stream.ts';

test('asks for the next piece only when the last went out', async () => {
  const pieces = 256;
  const piece = new Uint8Array(256 * 1024);
  let drains = 0;
  let tooEarly = 0;
  const app = express().get('/', async (_request, response) => {
    response.on('drain', () => drains++);
    const source = async function* () {
      for (let sent = 0; sent < pieces; sent++) {
        if (response.writableNeedDrain) tooEarly++;
        yield piece;
      }
    };
    const sizeBytes = pieces * piece.byteLength;
    response.set('Content-Length', String(sizeBytes));
    await sendStream(response, source(), sizeBytes, new AbortController().signal);
  });
  const server = await listen(app, { host: '127.0.0.1', port: 0, portFallback: false });
  const answer = await fetch(server.baseUrl);
  expect((await answer.arrayBuffer()).byteLength).toBe(pieces * piece.byteLength);
  expect(drains).toBeGreaterThan(0);
  expect(tooEarly).toBe(0);
  await server.close();
});

test('gives up waiting for a client that left', async () => {
  let failure: Promise<unknown> = Promise.resolve();
  const controller = new AbortController();
  const app = express().get('/', (_request, response) => {
    const endless = async function* () {
      while (true) yield new Uint8Array(1024 * 1024);
    };
    failure = sendStream(response, endless(), 2 ** 40, controller.signal).catch((thrown: unknown) => thrown);
    response.once('close', () => controller.abort());
  });
  const server = await listen(app, { host: '127.0.0.1', port: 0, portFallback: false });
  const answer = await fetch(server.baseUrl);
  await answer.body?.cancel();
  if (!controller.signal.aborted) await once(controller.signal, 'abort');
  expect(await failure).toMatchObject({ name: 'AbortError' });
  await server.close();
});
