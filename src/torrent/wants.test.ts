import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BANDS, type ByteWant, pieceWants } from './wants.ts';

test('a piece is named once, in its most urgent band, in the order given', () => {
  const wants: ByteWant[] = [
    { start: 0, end: 100, band: 'ahead' },
    { start: 35, end: 36, band: 'now' },
    { start: 72, end: 73, band: 'now' },
    { start: 35, end: 61, band: 'next' },
    { start: 5, end: 5, band: 'now' },
  ];
  expect(pieceWants(wants, 10)).toEqual([
    { from: 3, end: 4, band: 'now' },
    { from: 7, end: 8, band: 'now' },
    { from: 4, end: 7, band: 'next' },
    { from: 0, end: 3, band: 'ahead' },
    { from: 8, end: 10, band: 'ahead' },
  ]);
});

test('every piece that is touched is wanted once, and no other', () => {
  const want = fc.record({ start: fc.nat(500), length: fc.nat(200), band: fc.constantFrom(...BANDS) });
  fc.assert(
    fc.property(fc.array(want, { maxLength: 8 }), fc.integer({ min: 1, max: 64 }), (list, pieceBytes) => {
      const wants = list.map(({ start, length, band }) => ({ start, end: start + length, band }));
      const urgency = new Map<number, number>();
      for (const { start, end, band } of wants) {
        for (let byte = start; byte < end; byte += 1) {
          const piece = Math.floor(byte / pieceBytes);
          urgency.set(piece, Math.min(urgency.get(piece) ?? 9, BANDS.indexOf(band)));
        }
      }
      const named = pieceWants(wants, pieceBytes).flatMap(({ from, end, band }) =>
        Array.from({ length: end - from }, (_, n) => [from + n, BANDS.indexOf(band)] as const),
      );
      expect(named.length).toBe(urgency.size);
      expect(new Map(named)).toEqual(urgency);
    }),
  );
});
