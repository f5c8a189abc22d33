import { once } from 'node:events';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import type { PeerSource, Torrent } from 'webtorrent';
import { LOOPBACK_SETTINGS } from '../testing.fixture.ts';
import { createClient } from './create-client.ts';
import { forgetPeers, guardTorrent, MAX_KNOWN_PEERS } from './guard-torrent.ts';

const client = createClient(LOOPBACK_SETTINGS, null);
afterAll(() => new Promise<void>((resolve) => client.destroy(() => resolve())));

let torrent: Torrent;
let count = 0;
const onError = vi.fn();
beforeEach(async () => {
  count += 1;
  onError.mockClear();
  const infoHash = String(count).repeat(40).slice(0, 40);
  torrent = client.add({ infoHash, announce: [], urlList: [] }, { deselect: true });
  guardTorrent(torrent, onError);
  await once(torrent, 'infoHash');
});

/** Nobody listens at any of these. */
const address = (number: number) => `127.1.${number >> 8}.${number & 255}:9`;

test('knows so many peers and no more, and leaves a connection that it does not take', () => {
  for (let peer = 0; peer < MAX_KNOWN_PEERS + 500; peer += 1) torrent.addPeer(address(peer), 'dht');
  expect(torrent._peersLength).toBe(MAX_KNOWN_PEERS);
  const connection = { destroy: vi.fn() };
  expect(torrent.addPeer(connection, 'tracker')).toBe(false);
  expect(connection.destroy).toHaveBeenCalledOnce();
});

test.each<[PeerSource | undefined, boolean]>([
  ['tracker', true],
  [undefined, true],
  ['open-tracker', false],
  ['dht', false],
  ['lsd', false],
  ['ut_pex', false],
])('a private one takes peers of %s: %s', (source, isTaken) => {
  torrent.private = true;
  expect(torrent.addPeer(address(1), source)).toBe(isTaken);
  torrent.private = false;
  expect(torrent.addPeer(address(2), source)).toBe(true);
});

test('does not connect to a peer that is removed before its turn', () => {
  for (let peer = 0; peer < 200; peer += 1) torrent.addPeer(address(peer), 'ut_pex');
  torrent.removePeer(address(199));
  expect(torrent._peers.has(address(199))).toBe(false);
  expect(torrent._queue.map(({ id }) => id)).not.toContain(address(199));
  expect(torrent._queue.map(({ id }) => id)).toContain(address(198));
});

test('forgets its peers, those too that it was about to connect to', () => {
  for (let peer = 0; peer < 200; peer += 1) torrent.addPeer(address(peer), 'dht');
  forgetPeers(torrent);
  expect([torrent._peersLength, torrent._queue.length]).toEqual([0, 0]);
});

test('a description that webtorrent cannot take apart is an error of the torrent, not of the thread', async () => {
  torrent._onMetadata({ infoHash: torrent.infoHash });
  await vi.waitFor(() => expect(onError).toHaveBeenCalledOnce());
});
