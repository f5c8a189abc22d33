import { expect, test } from 'vitest';
import { BLOCK_BYTES, PieceProgress } from './piece-progress.ts';

const block = (length: number, fill: number) => new Uint8Array(length).fill(fill);

test('is complete when every block has come, whoever gave it and in whatever order', () => {
  const piece = new PieceProgress<string>(3, new Uint8Array(2 * BLOCK_BYTES + 5));
  expect([piece.blockCount, piece.missing, piece.blockLength(2)]).toEqual([3, 3, 5]);
  piece.ask(2, 'a', 0);
  piece.ask(0, 'b', 0);
  piece.ask(1, 'b', 0);
  expect(piece.receive(2, block(5, 3), 'a')).toEqual([]);
  expect(piece.receive(1, block(BLOCK_BYTES, 2), 'b')).toEqual([]);
  expect(piece.isComplete).toBe(false);
  expect(piece.receive(0, block(BLOCK_BYTES, 1), 'b')).toEqual([]);
  expect([piece.isComplete, ...[0, 1, 2].map((n) => piece.giverOf(n))]).toEqual([true, 'b', 'b', 'a']);
  expect([piece.bytes[0], piece.bytes[BLOCK_BYTES], piece.bytes.at(-1)]).toEqual([1, 2, 3]);
  expect([piece.blockBytes(1), piece.blockBytes(2)]).toEqual([block(BLOCK_BYTES, 2), block(5, 3)]);
});

test('says who else was asked for a block that came, and takes it once', () => {
  const piece = new PieceProgress<string>(0, new Uint8Array(BLOCK_BYTES));
  piece.ask(0, 'a', 0);
  piece.ask(0, 'b', 1);
  expect(piece.receive(0, block(BLOCK_BYTES, 1), 'b')).toEqual(['a']);
  expect(piece.receive(0, block(BLOCK_BYTES, 9), 'a')).toBeNull();
  expect(piece.bytes[0]).toBe(1);
});

test.each([0, 1, BLOCK_BYTES - 1, BLOCK_BYTES + 1])('takes no block of %d bytes', (length) => {
  const piece = new PieceProgress<string>(0, new Uint8Array(2 * BLOCK_BYTES));
  piece.ask(0, 'a', 0);
  expect(piece.receive(0, block(length, 1), 'a')).toBeNull();
  expect([piece.missing, piece.nextFree(), piece.isUnderWay]).toEqual([2, 0, false]);
});

test('a block that is given up is free again', () => {
  const piece = new PieceProgress<string>(0, new Uint8Array(3 * BLOCK_BYTES));
  for (const index of [0, 1, 2]) piece.ask(index, 'a', index);
  expect([piece.nextFree(), piece.askedOf('a'), piece.askedOf('b')]).toEqual([null, 3, 0]);
  expect(piece.oldestOf('b', 10, 9)).toBe(0);
  piece.release(1, 'a');
  expect([piece.nextFree(), piece.askedOf('a')]).toEqual([1, 2]);
});

test('what a liar gave is missing again, and of others only that', () => {
  const piece = new PieceProgress<string>(0, new Uint8Array(3 * BLOCK_BYTES));
  for (const [index, giver] of ['honest', 'liar', 'honest'].entries()) {
    piece.ask(index, giver, 0);
    piece.receive(index, block(BLOCK_BYTES, 1), giver);
  }
  expect([piece.isComplete, piece.nextFree()]).toEqual([true, null]);
  piece.revoke((peer) => peer === 'liar');
  expect([piece.missing, piece.nextFree(), piece.giverOf(1), piece.giverOf(2)]).toEqual([
    1,
    1,
    null,
    'honest',
  ]);
  expect(piece.receive(1, block(BLOCK_BYTES, 2), 'honest')).toEqual([]);
  expect([piece.isComplete, piece.bytes[BLOCK_BYTES]]).toEqual([true, 2]);
});
