import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBlockHeader } from './block.ts';
import {
  bigUnsigned,
  children,
  type EbmlElement,
  elements,
  endOf,
  float,
  ID,
  readElement,
  readVint,
  signed,
  text,
  unsigned,
} from './ebml.ts';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const whole = (data: Uint8Array): EbmlElement => ({ id: 0, start: 0, dataStart: 0, size: data.length });

describe('readVint', () => {
  it.each([
    [[0x81], 1, 1],
    [[0x40, 0x7f], 2, 127],
    [[0x08, 0, 0, 1, 0], 5, 256],
    [[0x01, 0, 0, 0, 0, 0, 0, 5], 8, 5],
    [[0xff], 1, null],
    [[0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], 8, null],
  ])('%j', (raw, length, value) => {
    expect(readVint(bytes(...raw), 0)).toEqual({ length, value });
  });

  it('tells a cut-off value from an impossible one', () => {
    expect(readVint(bytes(0x40), 0)).toBe('incomplete');
    expect(readVint(bytes(), 0)).toBe('incomplete');
    expect(readVint(bytes(0, 1, 2, 3, 4, 5, 6, 7, 8), 0)).toBe('invalid');
    expect(readVint(bytes(0x01, 0xf0, 0, 0, 0, 0, 0, 0), 0)).toBe('invalid');
  });

  it('reads back any value at any length', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.maxSafeNat(), (length, n) => {
        const value = n % (2 ** Math.min(53, 7 * length) - 1);
        const raw = new Uint8Array(length);
        let rest = value;
        for (let i = length - 1; i >= 0; i--) {
          raw[i] = rest % 256;
          rest = Math.floor(rest / 256);
        }
        raw[0] = (raw[0] ?? 0) | (0x80 >> (length - 1));
        expect(readVint(raw, 0)).toEqual({ length, value });
      }),
    );
  });
});

describe('elements', () => {
  it('walks whole elements and stops at one that is cut off', () => {
    const data = bytes(0xa0, 0x83, 0x9b, 0x81, 7, 0xec, 0x80, 0xa3, 0x85, 1);
    const found = [...elements(data)];
    expect(found.map((e) => [e.id, e.size])).toEqual([
      [ID.BlockGroup, 3],
      [ID.Void, 0],
    ]);
    const group = found[0];
    expect(group && [...children(data, group)].map((e) => [e.id, unsigned(data, e)])).toEqual([[0x9b, 7]]);
  });

  it('never leaves the buffer nor throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(70), (data, start) => {
        for (const element of elements(data, start)) {
          expect(endOf(element)).toBeLessThanOrEqual(data.length);
          float(data, element);
          signed(data, element);
          text(data, element);
          readBlockHeader(data, element);
        }
        readElement(data, start);
      }),
    );
  });
});

describe('payloads', () => {
  it('integers', () => {
    expect(unsigned(bytes(1, 0), whole(bytes(1, 0)))).toBe(256);
    expect(unsigned(bytes(), whole(bytes()))).toBe(0);
    const uid = bytes(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe);
    expect(bigUnsigned(uid, whole(uid))).toBe(0xfffffffffffffffen);
    expect(signed(uid, whole(uid))).toBe(-2);
    expect(signed(bytes(0x7f), whole(bytes(0x7f)))).toBe(127);
    expect(signed(bytes(0x80), whole(bytes(0x80)))).toBe(-128);
  });

  it('floats and strings', () => {
    const f = new Uint8Array(8);
    new DataView(f.buffer).setFloat64(0, 12.5);
    expect(float(f, whole(f))).toBe(12.5);
    expect(float(bytes(1, 2), whole(bytes(1, 2)))).toBeNull();
    const s = new TextEncoder().encode('Größe\0rest');
    expect(text(s, whole(s))).toBe('Größe');
  });

  it('block heads', () => {
    const simple = bytes(0x81, 0xff, 0xfe, 0x80, 1, 2, 3);
    expect(readBlockHeader(simple, whole(simple))).toEqual({
      trackNumber: 1,
      relativeTimestamp: -2,
      isKey: true,
      lacing: 'none',
      dataStart: 4,
    });
    expect(readBlockHeader(simple.subarray(0, 2), { ...whole(simple) })).toBe('incomplete');
    expect(readBlockHeader(bytes(0x81, 0), whole(bytes(0x81, 0)))).toBe('invalid');
  });
});
