import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WholeFragments } from './whole-fragments.ts';

function box(type: string, size: number): Uint8Array {
  const bytes = new Uint8Array(8 + size).fill(size & 0xff);
  new DataView(bytes.buffer).setUint32(0, bytes.length);
  bytes.set(new TextEncoder().encode(type), 4);
  return bytes;
}

function joined(pieces: readonly Uint8Array[]): number[] {
  return pieces.flatMap((piece) => [...piece]);
}

test('gives fragments when they are whole, whatever pieces they come in', () => {
  const sizes = fc.array(fc.tuple(fc.nat(30), fc.nat(90)), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(sizes, fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), (list, lengths) => {
      const fragments = list.map(([moof, mdat]) => joined([box('moof', moof), box('mdat', mdat)]));
      fragments[0]?.unshift(...box('styp', 16));
      const segment = Uint8Array.from(fragments.flat());
      const ends = fragments.map((_, n) => fragments.slice(0, n + 1).flat().length);
      const whole = new WholeFragments();
      const given: Uint8Array[] = [];
      for (let at = 0, turn = 0; at < segment.length; turn++) {
        const next = at + (lengths[turn % lengths.length] ?? 1);
        const out = whole.push(segment.subarray(at, next));
        if (out) given.push(out);
        at = Math.min(next, segment.length);
        expect(joined(given).length).toBe(ends.filter((end) => end <= at).at(-1) ?? 0);
      }
      expect(joined(given)).toEqual([...segment]);
      expect(whole.rest()).toHaveLength(0);
    }),
  );
});

test('keeps what no fragment ends', () => {
  const whole = new WholeFragments();
  expect(whole.push(box('moov', 40))).toBeNull();
  expect(whole.rest()).toEqual(box('moov', 40));
});
