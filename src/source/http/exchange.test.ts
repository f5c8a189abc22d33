import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { Agent } from 'undici';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { exchange } from './exchange.ts';

const HEAD = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const BODY = Buffer.from(Array.from({ length: 20_000 }, (_, index) => index % 251));
/** Every byte of the body in a chunk of its own. */
const CHUNKS = Buffer.concat([...BODY].map((byte) => Buffer.from([0x31, 13, 10, byte, 13, 10])));

let respond: (socket: Socket) => void;
const server = createServer((socket) => {
  socket.on('error', () => {});
  socket.once('data', () => respond(socket));
});
let agent: Agent;
beforeEach(async () => {
  agent = new Agent();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  await agent.destroy();
  server.close();
  await once(server, 'close');
});

async function receive(onData: () => void = () => {}): Promise<{ pieces: Buffer[]; error: unknown }> {
  const { port } = server.address() as { port: number };
  const pieces: Buffer[] = [];
  const data = (piece: Buffer) => {
    pieces.push(piece);
    onData();
  };
  const url = new URL(`http://127.0.0.1:${port}/`);
  const sent = exchange(agent, url, {}, { head: () => {}, data }, new AbortController().signal);
  return { error: await sent.catch((thrown: unknown) => thrown), pieces };
}

it('joins the chunks of one byte that an origin may send', async () => {
  respond = (socket) => socket.end(Buffer.concat([Buffer.from(HEAD), CHUNKS, Buffer.from('0\r\n\r\n')]));
  const { pieces, error } = await receive();
  expect(error).toBeUndefined();
  expect(BODY.equals(Buffer.concat(pieces))).toBe(true);
  expect(pieces.length).toBeLessThan(200);
});

it('hands on what came before a body broke off', async () => {
  respond = (socket) => socket.end(Buffer.concat([Buffer.from(HEAD), CHUNKS]));
  const { pieces, error } = await receive();
  expect(error).toBeInstanceOf(Error);
  expect(BODY.equals(Buffer.concat(pieces))).toBe(true);
});

it('ends with what the receiver of joined pieces throws', async () => {
  respond = (socket) => socket.write(Buffer.concat([Buffer.from(HEAD), CHUNKS]));
  const full = new Error('full');
  const { pieces, error } = await receive(() => {
    throw full;
  });
  expect(error).toBe(full);
  expect(pieces).toHaveLength(1);
});
