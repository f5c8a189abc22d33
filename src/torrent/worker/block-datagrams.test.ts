import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, expect, test } from 'vitest';
import { parseAddressRanges } from '../address-ranges.ts';
import { blockDatagrams } from './block-datagrams.ts';

const sockets: Socket[] = [];
afterAll(() => {
  for (const socket of sockets) socket.close();
});

async function bound(address: string): Promise<Socket> {
  const socket = createSocket('udp4');
  sockets.push(socket);
  socket.bind(0, address);
  await once(socket, 'listening');
  return socket;
}

const say = (from: Socket, to: Socket, text: string) =>
  new Promise<void>((resolve) => {
    const { port, address } = to.address();
    from.send(Buffer.from(text), 0, text.length, port, address, () => resolve());
  });
const heard = async (socket: Socket) => String((await once(socket, 'message'))[0]);

// Only there is all of 127/8 this computer.
test.runIf(process.platform === 'linux')('a blocked address is neither heard nor sent to', async () => {
  const [socket, blocked, other] = await Promise.all(['127.0.0.1', '127.0.0.2', '127.0.0.1'].map(bound));
  if (!socket || !blocked || !other) return expect.unreachable();
  blockDatagrams(socket, parseAddressRanges('127.0.0.2'));

  const first = heard(socket);
  await say(blocked, socket, 'of the blocked one');
  await say(other, socket, 'of the other');
  expect(await first).toBe('of the other');

  const firstThere = heard(blocked);
  await say(socket, blocked, 'to the blocked one');
  await say(other, blocked, 'from the other');
  expect(await firstThere).toBe('from the other');

  const answer = heard(other);
  await say(socket, other, 'to the other');
  expect(await answer).toBe('to the other');
});
