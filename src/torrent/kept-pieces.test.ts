import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { Deferred } from '../deferred.ts';
import { CacheBudget } from '../source/range-cache/cache-budget.ts';
import { KeptPieces } from './kept-pieces.ts';
import { PieceFiles } from './piece-files.ts';

const PIECE = 1024 * 1024;

test('a file is not given up under its reader, even if there is no room for one more of its pieces', async () => {
  const dropped: number[] = [];
  const layout = { infoHash: '', name: 'a', isPrivate: false, files: [] };
  const kept = new KeptPieces({
    layout: { ...layout, pieceBytes: PIECE, pieceCount: 8, sizeBytes: 8 * PIECE },
    files: new PieceFiles(tmpdir(), PIECE),
    budget: new CacheBudget(2 * PIECE),
    isWanted: () => true,
    drop: (from) => dropped.push(from),
  });
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
