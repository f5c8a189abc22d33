import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type NalFraming, toAnnexB } from './annexb.ts';

const framing = (lengthBytes: number): NalFraming => ({
  codec: 'avc',
  lengthBytes,
  parameterSets: [Uint8Array.of(0x67, 1, 2), Uint8Array.of(0x68, 3)],
});

function lengthPrefixed(units: readonly Uint8Array[], lengthBytes: number): Buffer {
  return Buffer.concat(
    units.flatMap((unit) => {
      const length = Buffer.alloc(lengthBytes);
      length.writeUIntBE(unit.length, 0, lengthBytes);
      return [length, unit];
    }),
  );
}

/** Splits at start codes; the units hold none (values above 3 only). */
function split(stream: Uint8Array): number[][] {
  return Buffer.from(stream)
    .toString('latin1')
    .split('\0\0\0\x01')
    .slice(1)
    .map((unit) => [...Buffer.from(unit, 'latin1')]);
}

describe('toAnnexB', () => {
  const unit = fc
    .tuple(fc.constantFrom(0x41, 0x65, 0x06), fc.array(fc.integer({ min: 4, max: 255 }), { maxLength: 240 }))
    .map(([header, rest]) => Uint8Array.of(header, ...rest));

  it('keeps every unit, behind a delimiter, with parameter sets before keyframes', () => {
    fc.assert(
      fc.property(
        fc.array(unit, { minLength: 1, maxLength: 6 }),
        fc.constantFrom(1, 2, 4),
        fc.boolean(),
        (units, lengthBytes, isKey) => {
          const stream = toAnnexB(lengthPrefixed(units, lengthBytes), isKey, framing(lengthBytes));
          const sets = isKey ? framing(lengthBytes).parameterSets : [];
          const expected = [[0x09, 0xf0], ...sets.map((set) => [...set]), ...units.map((one) => [...one])];
          expect(split(stream)).toEqual(expected);
        },
      ),
    );
  });

  it('does not repeat parameter sets the access unit brings itself, nor its delimiter', () => {
    const units = [Uint8Array.of(0x09, 0x10), Uint8Array.of(0x67, 9), Uint8Array.of(0x65, 7)];
    const stream = toAnnexB(lengthPrefixed(units, 4), true, framing(4));
    expect(split(stream)).toEqual([
      [0x09, 0xf0],
      [0x67, 9],
      [0x65, 7],
    ]);
  });

  it('keeps what is whole of damaged data, whatever it is given', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(1, 2, 4), (data, lengthBytes) => {
        const stream = toAnnexB(data, true, framing(lengthBytes));
        expect(stream.length).toBeLessThanOrEqual(data.length * 5 + 20);
      }),
    );
  });
});
