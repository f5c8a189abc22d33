import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CacheBudget } from '../source/range-cache/cache-budget.ts';
import { TorrentShelf } from './torrent-shelf.ts';

const [A, B, C] = ['a', 'b', 'c'].map((digit) => digit.repeat(40)) as [string, string, string];
let cacheDir: string;
let run: string;
beforeEach(async () => {
  cacheDir = await mkdtemp(path.join(tmpdir(), 'raffi-shelf-'));
  run = path.join(cacheDir, 'run');
  await mkdir(run);
});
afterEach(() => rm(cacheDir, { recursive: true, force: true }));

async function shelfOf(budget: CacheBudget, keeps = true): Promise<TorrentShelf> {
  const shelf = new TorrentShelf({ folder: path.join(cacheDir, 'torrents'), budget, keeps });
  shelf.open(shelf.rescue(run));
  return shelf;
}

/** A torrent's folder in the run's, with so many bytes. */
async function torrent(infoHash: string, bytes: number): Promise<string> {
  const folder = path.join(run, TorrentShelf.nameInRun(infoHash, 'key'));
  await mkdir(folder);
  await writeFile(path.join(folder, '0.pieces'), Buffer.alloc(bytes));
  return folder;
}

const kept = () => readdir(path.join(cacheDir, 'torrents')).catch(() => []);

it('keeps a folder until it is asked for, and counts it', async () => {
  const budget = new CacheBudget(100);
  const shelf = await shelfOf(budget);
  await shelf.put(A, await torrent(A, 60));
  expect([await kept(), await readdir(run), budget.usedBytes]).toEqual([[A], [], 60]);
  const target = path.join(run, 'again');
  await shelf.take(A, target);
  await shelf.take(B, target);
  expect([await kept(), await readdir(target), budget.usedBytes]).toEqual([[], ['0.pieces'], 0]);
});

it('gives up what was put there first, and what fits nowhere', async () => {
  const budget = new CacheBudget(100);
  const shelf = await shelfOf(budget);
  await shelf.put(A, await torrent(A, 60));
  await shelf.put(B, await torrent(B, 30));
  await shelf.put(C, await torrent(C, 30));
  await shelf.close();
  expect([(await kept()).sort(), budget.usedBytes]).toEqual([[B, C], 60]);
  await shelf.put(A, await torrent(A, 101));
  await shelf.close();
  expect(await kept()).not.toContain(A);
});

it('finds what an earlier run kept, and what a dead one left', async () => {
  await (await shelfOf(new CacheBudget(100))).put(A, await torrent(A, 10));
  await torrent(B, 20);
  await mkdir(path.join(run, 'source-1'));
  const budget = new CacheBudget(100);
  const shelf = await shelfOf(budget);
  await shelf.take(C, path.join(run, 'none'));
  expect([(await kept()).sort(), budget.usedBytes, await readdir(run)]).toEqual([[A, B], 30, ['source-1']]);
});

it('frees everything where nothing is to be kept', async () => {
  await (await shelfOf(new CacheBudget(100))).put(A, await torrent(A, 10));
  const shelf = await shelfOf(new CacheBudget(100), false);
  await shelf.put(B, await torrent(B, 10));
  expect([await kept(), await readdir(run)]).toEqual([[], []]);
});
