import http from 'node:http';
import { connect, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, test } from 'vitest';
import { lanAddresses } from '../cast/lan-address.ts';
import { type Listening, listen } from './listen.ts';
import { NeighbourLimits } from './neighbour-limits.ts';

/** Reached through its own network address, this computer looks like any other of the network. */
const [neighbour] = lanAddresses(networkInterfaces());

const opened: Socket[] = [];
let server: Listening | undefined;
afterEach(async () => {
  for (const socket of opened.splice(0)) socket.destroy();
  await server?.close();
});

describe.skipIf(neighbour === undefined)(
  `a computer of the network (${neighbour ?? 'there is none here'})`,
  () => {
    test('holds 64 connections, and gets the next when it gives one back', async () => {
      const at = await serve(200);
      const held = [];
      for (let n = 0; n < 64; n++) held.push(await answered(await open(at)));
      expect(held).toEqual(Array.from({ length: 64 }, () => true));
      expect(await answered(await open(at))).toBe(false);
      const [first] = opened;
      first?.destroy();
      await expect.poll(async () => answered(await open(at))).toBe(true);
    });

    test('is cut off for a while once it was refused a thousand times, a device with a film is not', async () => {
      const clock = { ms: 0 };
      let isDevice = false;
      const at = await serve(401, new NeighbourLimits({ now: () => clock.ms, isDevice: () => isDevice }));
      for (let n = 0; n < 1000; n++) expect(await status(at)).toBe(401);
      await expect(status(at)).rejects.toMatchObject({ code: 'ECONNRESET' });
      isDevice = true;
      expect(await status(at)).toBe(401);
      isDevice = false;
      clock.ms = 10_000;
      expect(await status(at)).toBe(401);
    });
  },
);

test('this computer’s own programs are not limited', async () => {
  const { port } = await serve(403);
  const at = { host: '127.0.0.1', port };
  for (let n = 0; n < 1010; n++) expect(await status(at)).toBe(403);
  for (let n = 0; n < 70; n++) expect(await answered(await open(at))).toBe(true);
});

interface Address {
  host: string;
  port: number;
}

async function serve(code: number, limits?: NeighbourLimits): Promise<Address> {
  const app: http.RequestListener = (_, response) => response.writeHead(code).end();
  server = await listen(app, { host: '0.0.0.0', port: 0, portFallback: false }, limits);
  return { host: neighbour ?? '', port: server.port };
}

async function open({ host, port }: Address): Promise<Socket> {
  const socket = connect(port, host);
  opened.push(socket);
  socket.on('error', () => {});
  await Promise.race([happens(socket, 'connect'), happens(socket, 'close')]);
  return socket;
}

/** Whether a request over this connection is answered; it stays open. */
async function answered(socket: Socket): Promise<boolean> {
  if (socket.destroyed) return false;
  const closed = happens(socket, 'close').then(() => false);
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  return Promise.race([happens(socket, 'data').then(() => true), closed]);
}

/** An error says no more than the close that follows it. */
function happens(socket: Socket, event: 'connect' | 'data' | 'close'): Promise<void> {
  return new Promise((resolve) => {
    socket.once(event, () => resolve());
  });
}

function status({ host, port }: Address): Promise<number> {
  return new Promise((resolve, reject) => {
    http
      .get({ host, port, agent: false }, (response) => {
        response.resume().once('end', () => resolve(response.statusCode ?? 0));
      })
      .once('error', reject);
  });
}
