import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesHere, MissingPieces } from './missing-pieces.ts';

const PIECE = 10;
const pieces = (...here: number[]) => {
  const set = new Set(here);
  return { pieceBytes: PIECE, has: (piece: number) => set.has(piece), set };
};

test('tells what is missing in order, in runs, as much as is asked for', () => {
  const missing = new MissingPieces(pieces(0, 1, 4));
  expect(missing.within({ start: 0, end: 75 }, 1_000)).toEqual([
    { start: 20, end: 40 },
    { start: 50, end: 80 },
  ]);
  expect(missing.within({ start: 0, end: 75 }, 30)).toEqual([
    { start: 20, end: 40 },
    { start: 50, end: 60 },
  ]);
  expect(missing.within({ start: 0, end: 75 }, 9)).toEqual([]);
  expect([
    missing.isNone({ start: 0, end: 20 }),
    missing.isNone({ start: 0, end: 21 }),
    missing.isNone({ start: 15, end: 15 }),
  ]).toEqual([true, false, true]);
});

test('does not ask again for what was here and was given up', () => {
  const here = pieces(0, 1, 2);
  const missing = new MissingPieces(here);
  expect(missing.within({ start: 0, end: 50 }, 10)).toEqual([{ start: 30, end: 40 }]);
  here.set.delete(1);
  expect(missing.within({ start: 0, end: 50 }, 10)).toEqual([{ start: 30, end: 40 }]);
  // Another place is looked at anew.
  expect(missing.within({ start: 40, end: 50 }, 10)).toEqual([{ start: 40, end: 50 }]);
  expect(missing.within({ start: 0, end: 50 }, 10)).toEqual([{ start: 10, end: 20 }]);
});

test('what is here is counted by its part of a stretch', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(20)),
      fc.nat(100),
      fc.integer({ min: 1, max: 100 }),
      (here, start, length) => {
        const some = pieces(...here);
        const bytes = Array.from({ length }, (_, n) => some.has(Math.floor((start + n) / PIECE)));
        expect(bytesHere({ start, end: start + length }, some)).toBe(bytes.filter(Boolean).length);
      },
    ),
  );
});
