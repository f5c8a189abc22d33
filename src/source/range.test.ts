import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentRange, parseRange, unsatisfiedRange } from './range.ts';

describe('parseRange', () => {
  it.each([
    ['bytes=0-0', 100, { start: 0, end: 1 }],
    ['bytes=0-', 100, { start: 0, end: 100 }],
    ['bytes=0-99', 100, { start: 0, end: 100 }],
    ['bytes=0-100', 100, { start: 0, end: 100 }],
    ['bytes=99-', 100, { start: 99, end: 100 }],
    ['bytes=10-19', 100, { start: 10, end: 20 }],
    ['bytes=-1', 100, { start: 99, end: 100 }],
    ['bytes=-100', 100, { start: 0, end: 100 }],
    ['bytes=-500', 100, { start: 0, end: 100 }],
    ['BYTES=5-6', 100, { start: 5, end: 7 }],
    [' bytes= 5-6 ', 100, { start: 5, end: 7 }],
    ['bytes=,5-6,', 100, { start: 5, end: 7 }],
    ['bytes=0-99999999999999999999999999', 100, { start: 0, end: 100 }],
    ['bytes=100-', 100, 'unsatisfiable'],
    ['bytes=100-200', 100, 'unsatisfiable'],
    ['bytes=99999999999999999999999999-', 100, 'unsatisfiable'],
    ['bytes=-0', 100, 'unsatisfiable'],
    ['bytes=0-', 0, 'unsatisfiable'],
    ['bytes=-5', 0, 'ignore'],
    ['bytes=20-10', 100, 'ignore'],
    ['bytes=0-1,5-6', 100, 'ignore'],
    ['bytes=', 100, 'ignore'],
    ['bytes=-', 100, 'ignore'],
    ['bytes=a-b', 100, 'ignore'],
    ['bytes=1e1-20', 100, 'ignore'],
    ['bytes=0x1-20', 100, 'ignore'],
    ['bytes=+1-20', 100, 'ignore'],
    ['bytes=--5', 100, 'ignore'],
    ['bytes=1 - 2', 100, 'ignore'],
    ['bytes 0-5', 100, 'ignore'],
    ['seconds=0-5', 100, 'ignore'],
    ['', 100, 'ignore'],
    [undefined, 100, 'ignore'],
    [null, 100, 'ignore'],
  ])('%s of %d bytes', (header, size, expected) => {
    expect(parseRange(header, size)).toEqual(expected);
  });

  it('never leaves the representation, whatever the header', () => {
    const header = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom(...'bytes=0123456789-, ') }).map((tail) => `bytes=${tail}`),
      fc.tuple(fc.maxSafeNat(), fc.maxSafeNat()).map(([a, b]) => `bytes=${a}-${b}`),
    );
    fc.assert(
      fc.property(header, fc.nat(), (text, size) => {
        const range = parseRange(text, size);
        if (typeof range === 'string') return;
        expect(range.start).toBeGreaterThanOrEqual(0);
        expect(range.end).toBeGreaterThan(range.start);
        expect(range.end).toBeLessThanOrEqual(size);
      }),
    );
  });

  it('reads back what a client writes of any range inside', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 1e9 }),
        fc.nat({ max: 1e9 }),
        fc.nat({ max: 1e9 }),
        (start, length, after) => {
          const end = start + length + 1;
          const size = end + after;
          expect(parseRange(`bytes=${start}-${end - 1}`, size)).toEqual({ start, end });
          expect(parseRange(`bytes=-${size - start}`, size)).toEqual({ start, end: size });
        },
      ),
    );
  });
});

it('writes Content-Range', () => {
  expect(contentRange({ start: 0, end: 1 }, 100)).toBe('bytes 0-0/100');
  expect(unsatisfiedRange(100)).toBe('bytes */100');
});
