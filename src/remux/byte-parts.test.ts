import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sizeOf, sliceParts } from './byte-parts.ts';

describe('byte parts', () => {
  it('slice as the joined bytes would', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 6 })),
        fc.nat(30),
        fc.nat(30),
        (parts, start, length) => {
          const joined = Buffer.concat(parts);
          expect(sizeOf(parts)).toBe(joined.length);
          const slice = sliceParts(parts, start, start + length);
          expect(Buffer.concat(slice)).toEqual(joined.subarray(start, start + length));
          expect(slice.every((part) => part.length > 0)).toBe(true);
        },
      ),
    );
  });
});
