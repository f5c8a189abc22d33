import { expect, test } from 'vitest';
import { bandProgress, lackingBytes } from './file-progress.ts';

const HERE = new Set([0, 1, 4]);
const here = {
  pieceBytes: 10,
  has: (piece: number) => HERE.has(piece),
  unfinishedBytes: (piece: number) => (piece === 2 ? 4 : 0),
};

test('a band has what is here of all its parts', () => {
  const ranges = [
    { start: 5, end: 25 },
    { start: 38, end: 50 },
  ];
  expect(bandProgress(ranges, here)).toEqual({ haveBytes: 25, totalBytes: 32 });
  expect(bandProgress([{ start: 7, end: 7 }], here)).toEqual({ haveBytes: 0, totalBytes: 0 });
});

test.each([
  ['all is here', [{ start: 3, end: 20 }], 0],
  ['a piece has begun to come', [{ start: 3, end: 21 }], 6],
  [
    'a piece is named twice',
    [
      { start: 25, end: 35 },
      { start: 38, end: 39 },
    ],
    16,
  ],
  ['nothing is asked for', [{ start: 30, end: 30 }], 0],
])('what is lacking counts whole pieces: %s', (_what, ranges, bytes) => {
  expect(lackingBytes(ranges, here)).toBe(bytes);
});
