import { expect, test } from 'vitest';
import type { TorrentStatus, TorrentView } from '../../../src/torrent/status.ts';
import { fileChoices, swarmText } from './torrent-files.ts';

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

test.each([
  ['metadata', 0, 0, 0, 'No peers yet'],
  ['metadata', 0, 3, 0, 'Connecting to 3 peers'],
  ['metadata', 1, 3, 0, '1 peer'],
  ['downloading', 2, 3, 1_500_000, '2 peers · 1.5 MB/s'],
] as const)('%s with %d of %d peers at %d', (stage, peers, knownPeers, downloadSpeed, text) => {
  expect(swarmText({ stage, peers, knownPeers, downloadSpeed } as TorrentStatus)).toBe(text);
});
