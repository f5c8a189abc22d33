import { expect, test } from 'vitest';
import type { TorrentStatus } from '../../../src/torrent/status.ts';
import { bufferText, discoveryText, swarmText, waitText } from './swarm-words.ts';

test.each([
  ['metadata', 0, 0, 0, 'No peers yet'],
  ['metadata', 0, 3, 0, 'Connecting to 3 peers'],
  ['metadata', 1, 3, 0, '1 peer'],
  ['downloading', 2, 3, 1_500_000, '2 peers · 1.5 MB/s'],
] as const)('%s with %d of %d peers at %d', (stage, peers, knownPeers, downloadSpeed, text) => {
  expect(swarmText({ stage, peers, knownPeers, downloadSpeed } as TorrentStatus)).toBe(text);
});

test.each([
  [7.2, '2 peers · 1.5 MB/s · ready in about 8 s'],
  [0.2, '2 peers · 1.5 MB/s · ready in about 1 s'],
  [200, '2 peers · 1.5 MB/s · ready in about 3 min'],
  // It is here, nothing comes, or nobody can say so.
  [0, '2 peers · 1.5 MB/s'],
  [null, '2 peers · 1.5 MB/s'],
  [9_999, '2 peers · 1.5 MB/s'],
])('a wait of %d s: %s', (nextPlayableSeconds, text) => {
  const swarm = { stage: 'downloading', peers: 2, knownPeers: 3, downloadSpeed: 1_500_000 };
  expect(waitText({ ...swarm, nextPlayableSeconds } as TorrentStatus)).toBe(text);
});

test('a wait for peers is not foreseen', () => {
  const swarm = { stage: 'downloading', peers: 0, knownPeers: 3, downloadSpeed: 10, nextPlayableSeconds: 5 };
  expect(waitText(swarm as TorrentStatus)).toBe('Connecting to 3 peers');
});

test('the buffer is told by how soon it will be needed', () => {
  const band = (haveBytes: number, totalBytes: number) => ({ haveBytes, totalBytes });
  const bands = { now: band(1, 1), next: band(2, 3), ahead: band(1, 50), rest: band(0, 100) };
  expect(bufferText({ bands } as TorrentStatus)).toBe('next seconds 75 % · next minute 2 % · rest 0 %');
  const atEnd = { ...bands, ahead: band(0, 0) };
  expect(bufferText({ bands: atEnd } as TorrentStatus)).toBe('next seconds 75 % · rest 0 %');
  expect(bufferText({ bands: null } as TorrentStatus)).toBe('');
});

const trackers = (...states: ('waiting' | 'working' | 'failed')[]) =>
  states.map((state, n) => ({ url: `udp://${n}.example:80`, state }));

test.each([
  [
    trackers('working', 'failed', 'waiting', 'working', 'failed'),
    { nodes: 34 },
    '2 of 5 trackers answer · DHT: 34 nodes',
  ],
  [trackers('working'), null, 'The tracker answers'],
  [trackers('failed'), { nodes: 1 }, 'The tracker does not answer · DHT: 1 node'],
  [[], { nodes: 0 }, 'DHT: 0 nodes'],
  [[], null, ''],
])('%j and %j: %s', (known, dht, text) => {
  expect(discoveryText({ trackers: known, dht })).toBe(text);
});
