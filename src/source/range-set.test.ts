import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RangeSet } from './range-set.ts';

it('agrees with a set of single bytes, whatever is added and removed', () => {
  const edit = fc.record({ add: fc.boolean(), start: fc.nat(40), length: fc.nat(12) });
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 30 }), fc.nat(50), fc.nat(50), (edits, from, to) => {
      const ranges = new RangeSet();
      const bytes = new Set<number>();
      for (const { add, start, length } of edits) {
        if (add) ranges.add(start, start + length);
        else ranges.remove(start, start + length);
        for (let byte = start; byte < start + length; byte += 1) add ? bytes.add(byte) : bytes.delete(byte);
      }
      const all = Array.from({ length: 60 }, (_, byte) => byte);
      expect(all.filter((byte) => ranges.has(byte))).toEqual(all.filter((byte) => bytes.has(byte)));
      expect(ranges.nextMissing(from)).toBe(all.find((byte) => byte >= from && !bytes.has(byte)));
      expect(ranges.nextPresent(from)).toBe(
        all.find((byte) => byte >= from && bytes.has(byte)) ?? Number.POSITIVE_INFINITY,
      );
      const within = all.filter((byte) => byte >= from && byte < to && bytes.has(byte));
      expect(ranges.sizeWithin(from, to)).toBe(within.length);
      expect(ranges.intersects(from, to)).toBe(within.length > 0);
      // Merged: ranges never touch.
      const flat = [...ranges].flat();
      expect(flat.every((edge, index) => index === 0 || edge > (flat[index - 1] ?? 0))).toBe(true);
    }),
  );
});
