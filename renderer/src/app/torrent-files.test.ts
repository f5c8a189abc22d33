import { expect, test } from 'vitest';
import type { TorrentStatus, TorrentView } from '../../../src/torrent/status.ts';
import {
  bufferText,
  fileChoices,
  nameInPack,
  nextFile,
  swarmText,
  titleOfFile,
  waitText,
} from './torrent-files.ts';

const file = (fileIdx: number, path: string, playable = true) => ({
  fileIdx,
  path,
  sizeBytes: 1e9,
  playable,
});

test('episodes are offered in their order, and nothing that cannot be played', () => {
  const files = [file(0, 'Show/E10.mkv'), file(1, 'Show/read me.txt', false), file(2, 'Show/E2.mkv')];
  expect(fileChoices({ files } as unknown as TorrentView)).toEqual([
    { key: 2, label: 'E2.mkv', hint: '1.0 GB' },
    { key: 0, label: 'E10.mkv', hint: '1.0 GB' },
  ]);
  expect(fileChoices(undefined)).toEqual([]);
});

const pack = fileChoices({
  files: [file(0, 'Show/E1.mkv'), file(2, 'Show/E2.mkv')],
} as unknown as TorrentView);

test.each([
  [2, 'E2.mkv'],
  [null, undefined],
  [7, undefined],
])('what comes next is the file that the core names: %s', (nextFileIdx, label) => {
  expect(nextFile(pack, { nextFileIdx })?.label).toBe(label);
});

test('a film of a pack is called as its file, the only one as its torrent', () => {
  expect(nameInPack(pack, { fileIdx: 2 })).toBe('E2.mkv');
  expect(nameInPack(pack, { fileIdx: null })).toBeNull();
  expect(nameInPack(pack.slice(1), { fileIdx: 2 })).toBeNull();
});

test.each([
  ['E2.mkv', 'E2'],
  ['Show.S01E02.1080p.x264.mp4', 'Show.S01E02.1080p.x264'],
  ['Mr. Bean', 'Mr. Bean'],
])('%s is shown as %s', (label, title) => {
  expect(titleOfFile(label)).toBe(title);
});

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
