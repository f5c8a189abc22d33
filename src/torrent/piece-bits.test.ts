import { expect, test } from 'vitest';
import { PieceBits } from './piece-bits.ts';

test('keeps pieces as peers send them: the first is the highest bit', () => {
  const bits = new PieceBits(10);
  for (const piece of [0, 3, 9]) bits.add(piece);
  expect([...bits.bytes]).toEqual([0b1001_0000, 0b0100_0000]);
  const copy = bits.clone();
  bits.delete(3);
  expect([[...bits], [...copy], bits.has(3), bits.has(100)]).toEqual([[0, 9], [0, 3, 9], false, false]);
});
