import { expect, test } from 'vitest';
import type { TorrentView } from '../../../src/torrent/status.ts';
import { fileChoices, nameInPack, nextFile, titleOfFile } from './torrent-files.ts';

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
