import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SegmentCache } from './segment-cache.ts';

describe('SegmentCache', () => {
  it('drops the least recently used first', () => {
    const cache = new SegmentCache(10);
    cache.set('a', [new Uint8Array(4)]);
    cache.set('b', [new Uint8Array(4)]);
    cache.get('a');
    cache.set('c', [new Uint8Array(4)]);
    expect([cache.get('a')?.length, cache.get('b'), cache.get('c')?.length]).toEqual([1, undefined, 1]);
  });

  it('never holds more than its budget, and counts exactly', () => {
    const steps = fc.array(
      fc.record({
        key: fc.constantFrom('f1/a', 'f1/b', 'f2/a', 'f2/b'),
        size: fc.nat(12),
        drop: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(steps, (list) => {
        const cache = new SegmentCache(16);
        for (const { key, size, drop } of list) {
          if (drop) cache.delete(key);
          else cache.set(key, [new Uint8Array(size)]);
          expect(cache.sizeBytes()).toBeLessThanOrEqual(16);
          expect(cache.sizeBytes('f1/') + cache.sizeBytes('f2/')).toBe(cache.sizeBytes());
        }
        cache.deletePrefix('f1/');
        expect(cache.sizeBytes('f1/')).toBe(0);
      }),
    );
  });
});
