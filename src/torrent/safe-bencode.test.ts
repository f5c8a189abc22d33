import bencode from 'bencode';
import { describe, expect, test } from 'vitest';
import { decode, encode, isBencoded } from './safe-bencode.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const nested = (levels: number) => bytes('l'.repeat(levels) + 'e'.repeat(levels));

test('decodes what it encodes', () => {
  const value = { a: [1, { b: -2 }], c: new Uint8Array([0x2d, 0x33, 0x3a]), d: new Uint8Array() };
  expect(decode(encode(value))).toEqual(value);
});

// Each of the first four is decoded for ever by the library alone: a test that hangs has failed.
describe.each([
  ['a key that leads back to its own beginning', bytes('d-3:')],
  ['a string that does', bytes('l-3:')],
  ['one that leads before the beginning', bytes('l3:abc-9:')],
  ['a key in a dictionary in a list', bytes('ld1:a1:bed-3:e')],
  ['a length with a sign', bytes('+1:a')],
  ['a string without a length', bytes(':')],
  ['a string that is not all here', bytes('9:abc')],
  ['a list that is not all here', bytes('l1:a')],
  ['a page', bytes('<html>')],
  ['nesting too deep', nested(65)],
  ['nesting without end', bytes('l'.repeat(60_000))],
])('%s', (_what, wrong) => {
  test('is refused', () => {
    expect(() => decode(wrong)).toThrow();
    expect(isBencoded(wrong)).toBe(false);
  });

  test('is refused by those who import the library, too', () => {
    expect(() => bencode.decode(wrong)).toThrow();
  });
});

test('a refusal leaves nothing behind', () => {
  for (let round = 0; round < 100; round += 1) expect(isBencoded(nested(65))).toBe(false);
  expect(isBencoded(nested(64))).toBe(true);
});
