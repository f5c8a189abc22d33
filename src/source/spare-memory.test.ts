import { expect, test } from 'vitest';
import { SpareMemory } from './spare-memory.ts';

test('what is given back is used again, up to what may be kept', () => {
  const memory = new SpareMemory(8, 16);
  const pieces = [memory.take(), memory.take(), memory.take()];
  for (const piece of pieces) memory.giveBack(piece);
  const buffers = pieces.map(({ buffer }) => buffer);
  const again = [memory.take(), memory.take(), memory.take()].map(({ buffer }) => buffers.indexOf(buffer));
  expect(again).toEqual([1, 0, -1]);
});

test('other lengths are made as asked for and not kept', () => {
  const memory = new SpareMemory(8, 16);
  const short = memory.take(5);
  expect(short).toHaveLength(5);
  memory.giveBack(short);
  memory.giveBack(new Uint8Array(16).subarray(0, 8));
  expect(memory.take().buffer).not.toBe(short.buffer);
  expect(memory.take()).toHaveLength(8);
});
