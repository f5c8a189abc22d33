import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import type { CastDevice } from '../types.ts';
import { browse } from './browse.ts';

const MDNS_PORT = 5353;

/** The port of mDNS, kept from everybody else; null where somebody has it already. */
async function keepPort() {
  const socket = createSocket('udp4');
  socket.bind(MDNS_PORT, '0.0.0.0');
  const isOurs = await once(socket, 'listening').then(
    () => true,
    () => false,
  );
  if (isOurs) return socket;
  socket.close();
  return null;
}

const holder = await keepPort();

test.skipIf(holder === null)('a port that another program keeps to itself ends nothing', async () => {
  let told: CastDevice[] | undefined;
  const stop = browse((devices) => {
    told = devices;
  });
  const udp = () => process.getActiveResourcesInfo().filter((name) => /udp/i.test(name)).length;
  // Its own sockets give up, and the one of this test stays.
  await expect.poll(udp).toBe(1);
  expect(told).toBeUndefined();
  stop();
  holder?.close();
});

test('nothing is left when nobody looks any more', async () => {
  const stop = browse(() => {});
  stop();
  stop();
  await expect.poll(() => process.getActiveResourcesInfo().filter((name) => /udp/i.test(name))).toEqual([]);
});
