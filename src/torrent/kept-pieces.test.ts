import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { Deferred } from '../deferred.ts';
import { CacheBudget } from '../source/range-cache/cache-budget.ts';
import { KeptPieces } from './kept-pieces.ts';
import { PieceFiles } from './piece-files.ts';

const PIECE = 1024 * 1024;

function keptIn(budgetBytes: number, dropped: number[] = []) {
  const size = { pieceBytes: PIECE, pieceCount: 8, sizeBytes: 8 * PIECE };
  const budget = new CacheBudget(budgetBytes);
  const kept = new KeptPieces({
    layout: { infoHash: '', name: 'a', isPrivate: false, files: [], ...size },
    files: new PieceFiles(tmpdir(), size),
    budget,
    isWanted: () => true,
    drop: (from) => dropped.push(from),
  });
  return { kept, budget };
}

test('a file is not given up under its reader, even if there is no room for one more of its pieces', async () => {
  const dropped: number[] = [];
  const { kept } = keptIn(2 * PIECE, dropped);
  expect([kept.add(0), kept.add(1)]).toEqual(['kept', 'kept']);
  const read = new Deferred<void>();
  const reading = kept.use(0, () => read.promise);
  expect(kept.add(2)).toBe('no-room');
  expect([kept.has(0), kept.count, dropped]).toEqual([false, 0, []]);
  // What comes of the file before the engine has given it up is gone with it.
  expect(kept.add(3)).toBe('gone');
  read.resolve();
  await reading;
  expect(dropped).toEqual([0]);
});

test('what an earlier run left takes its room once, and is not read before it is verified', () => {
  const { kept, budget } = keptIn(8 * PIECE);
  kept.resume(3);
  expect([kept.has(3), kept.count, budget.usedBytes]).toEqual([false, 1, PIECE]);
  expect([kept.add(3), kept.has(3), kept.count, budget.usedBytes]).toEqual(['kept', true, 1, PIECE]);
});
