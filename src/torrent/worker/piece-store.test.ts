import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PieceStore } from './piece-store.ts';

const PIECE = 64 * 1024;
let folder: string;
let store: PieceStore;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'raffi-pieces-'));
  store = new PieceStore(PIECE, { folder, length: 8 * PIECE, made: () => {} });
});
afterEach(async () => {
  await new Promise((resolve) => store.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

test('a piece that is written while its file is being deleted lies in a new one', async () => {
  const piece = Buffer.alloc(PIECE, 7);
  await store.write(1, piece);
  for (let round = 0; round < 20; round += 1) {
    store.discard(1);
    await store.write(0, piece);
    // By its name: the core reads it so.
    const file = await readFile(path.join(folder, '0.pieces'));
    expect([round, file.equals(piece)]).toEqual([round, true]);
  }
});
