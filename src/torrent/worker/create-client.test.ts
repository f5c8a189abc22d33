import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type WebTorrent from 'webtorrent';
import { decode, encode } from '../safe-bencode.ts';
import { LOOPBACK_SETTINGS } from '../testing.fixture.ts';
import { createClient } from './create-client.ts';

let client: WebTorrent;
const stranger = createSocket('udp4');

beforeAll(async () => {
  client = createClient({ ...LOOPBACK_SETTINGS, features: ['dht'], dhtNodes: [] }, null);
  stranger.bind(0, '127.0.0.1');
  await once(stranger, 'listening');
  await vi.waitFor(() => expect(client.dhtPort).toBeGreaterThan(0));
});
afterAll(async () => {
  stranger.close();
  await new Promise<void>((resolve) => client.destroy(() => resolve()));
});

const id = Buffer.alloc(20, 1);
const send = (bytes: Uint8Array) => stranger.send(bytes, client.dhtPort, '127.0.0.1');
const say = (query: string, a: object) => send(encode({ t: 'xx', y: 'q', q: query, a }));
const isAnswered = async () => {
  say('ping', { id });
  const [answer] = (await once(stranger, 'message')) as [Buffer];
  expect(decode(answer)).toMatchObject({ r: { id: expect.any(Uint8Array) } });
};

// An exception of any of them would fail this file, as nobody catches it.
test.each([
  ['get_peers', { id, info_hash: 5 }],
  ['get', { id, target: 5 }],
  ['find_node', { id, target: 'short' }],
  ['announce_peer', { id, info_hash: id, port: 1, token: 5 }],
  ['put', { id, v: 1, token: 5 }],
])('the DHT survives %s %j', async (query, args) => {
  say(query, args);
  await isAnswered();
});

// Its own decoder goes on for ever with the first two.
test.each(['d-3:', 'd1:ad-3:', 'l'.repeat(60_000), 'd1:y1:q'])('the DHT survives %.8s', async (text) => {
  send(Buffer.from(text));
  await isAnswered();
});
