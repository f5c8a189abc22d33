import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REFERENCE_WHITE_NITS, toneCurve, toSdr } from './to-sdr.ts';
import { displayLight, nitsToPq, pqToNits, type Rgb } from './transfer.ts';

const grey = (signal: number): Rgb => [signal, signal, signal];

describe('the light of HDR signals', () => {
  it.each([
    [0, 0],
    [0.50808, 100],
    [0.58069, REFERENCE_WHITE_NITS],
    [0.75183, 1000],
    [1, 10_000],
  ])('PQ %d is %d cd/m², as ITU-R BT.2408 says, and back', (signal, nits) => {
    expect(pqToNits(signal) / Math.max(1, nits)).toBeCloseTo(nits / Math.max(1, nits), 3);
    expect(nitsToPq(nits)).toBeCloseTo(signal, 4);
  });

  it('HLG has its reference white at 75 %, and its peak at 100 %', () => {
    expect(displayLight('hlg', grey(0.75))[0]).toBeCloseTo(REFERENCE_WHITE_NITS, 0);
    expect(displayLight('hlg', grey(1))[0]).toBeCloseTo(1000, 0);
    expect(displayLight('hlg', grey(0))).toEqual([0, 0, 0]);
  });
});

describe('the tone curve', () => {
  it.each([0, 1, 20, 80])('leaves %d cd/m² as they are', (nits) => {
    expect(toneCurve(nits)).toBeCloseTo(nits, 6);
  });

  it('bends the rest below white, in order', () => {
    const curve = Array.from({ length: 101 }, (_, n) => toneCurve(n * 10));
    expect(curve.every((nits, n) => n === 0 || nits > (curve[n - 1] ?? 0))).toBe(true);
    expect(curve.at(-1)).toBeCloseTo(REFERENCE_WHITE_NITS, 1);
    expect(toneCurve(10_000)).toBeCloseTo(REFERENCE_WHITE_NITS, 1);
  });
});

describe.each(['pq', 'hlg'] as const)('%s as SDR', (transfer) => {
  it('makes greys greys, brighter ones brighter, up to white', () => {
    const shown = Array.from({ length: 33 }, (_, n) => toSdr(transfer, grey(n / 32)));
    for (const [red, green, blue] of shown) {
      expect(green).toBeCloseTo(red, 4);
      expect(blue).toBeCloseTo(red, 4);
    }
    expect(shown[0]).toEqual([0, 0, 0]);
    expect(shown[32]?.[1]).toBeCloseTo(1, 3);
    expect(shown.every(([red], n) => n === 0 || red >= (shown[n - 1]?.[0] ?? 0) - 1e-9)).toBe(true);
  });

  it('keeps which colour is the strongest, and every value in range', () => {
    const value = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.tuple(value, value, value), (signal) => {
        const shown = toSdr(transfer, signal);
        for (const part of shown) expect(part >= 0 && part <= 1).toBe(true);
      }),
    );
    const [red, green, blue] = toSdr(transfer, [0.55, 0.5, 0.45]);
    expect(red).toBeGreaterThan(green);
    expect(green).toBeGreaterThan(blue);
  });

  it('shows diffuse white as nearly white: highlights need some room above it', () => {
    const white = grey(transfer === 'pq' ? nitsToPq(REFERENCE_WHITE_NITS) : 0.75);
    expect(toSdr(transfer, white)[1]).toBeGreaterThan(0.88);
    expect(toSdr(transfer, white)[1]).toBeLessThan(0.97);
  });
});
