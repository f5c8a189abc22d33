import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { RaffiError } from '../errors.ts';
import { CacheBudget } from '../source/range-cache/cache-budget.ts';
import { TORRENT_BOUNDS, Torrent } from './torrent.ts';

const PIECE = 1024 * 1024;

/** A torrent that holds its first two pieces, one of them pinned and both wanted. */
function torrentOf(budget: CacheBudget): Torrent {
  const torrent = new Torrent({
    key: 'one',
    spec: { infoHash: '1'.repeat(40), name: null, trackers: [], webSeeds: [], peers: [] },
    folder: tmpdir(),
    budget,
    bounds: TORRENT_BOUNDS,
    send: () => {},
  });
  const layout = { infoHash: '1'.repeat(40), name: 'a', isPrivate: false, files: [] };
  torrent.handle({
    type: 'layout',
    key: 'one',
    resumed: null,
    layout: { ...layout, pieceBytes: PIECE, pieceCount: 8, sizeBytes: 8 * PIECE },
  });
  torrent.join({
    wants: () => [{ start: 0, end: 2 * PIECE, band: 'now' }],
    progress: () => {
      throw new Error('nobody asks');
    },
    readMs: 0,
  });
  for (const index of [0, 1]) torrent.handle({ type: 'piece', key: 'one', index });
  torrent.pin(0, PIECE);
  return torrent;
}

test('a torrent that is closed gives back its part of the budget and says why', async () => {
  const budget = new CacheBudget(4 * PIECE);
  const torrent = torrentOf(budget);
  expect(budget.usedBytes).toBe(2 * PIECE);
  torrent.close(new RaffiError('torrent_failed', 'The torrent engine failed.'));
  expect(budget.usedBytes).toBe(0);
  expect(budget.reservePin(2 * PIECE)).toBe(true);
  await expect(torrent.arrival(5)).rejects.toMatchObject({ code: 'torrent_failed' });
});

test('a torrent that is closed pins nothing more', () => {
  const budget = new CacheBudget(4 * PIECE);
  const torrent = torrentOf(budget);
  torrent.close();
  torrent.pin(0, 2 * PIECE);
  expect(budget.reservePin(2 * PIECE)).toBe(true);
});
