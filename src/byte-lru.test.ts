import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteLru } from './byte-lru.ts';

const sizeOf = ({ length }: { length: number }) => length;

describe('ByteLru', () => {
  it('drops the least recently used first', () => {
    const cache = new ByteLru<string>(sizeOf, 10);
    cache.set('a', 'aaaa');
    cache.set('b', 'bbbb');
    cache.get('a');
    cache.set('c', 'cccc');
    expect(['a', 'b', 'c'].map((key) => cache.get(key))).toEqual(['aaaa', undefined, 'cccc']);
  });

  it('takes a look for no use', () => {
    const cache = new ByteLru<string>(sizeOf, 10);
    cache.set('a', 'aaaa');
    cache.set('b', 'bbbb');
    expect(cache.has('a')).toBe(true);
    cache.set('c', 'cccc');
    expect(cache.has('a')).toBe(false);
  });

  it('keeps no value larger than its budget, and nothing older under that key', () => {
    const cache = new ByteLru<string>(sizeOf, 4);
    cache.set('a', 'aaaa');
    cache.set('a', 'aaaaa');
    expect([cache.get('a'), cache.sizeBytes()]).toEqual([undefined, 0]);
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
        const cache = new ByteLru<Uint8Array>(sizeOf, 16);
        for (const { key, size, drop } of list) {
          if (drop) cache.delete(key);
          else cache.set(key, new Uint8Array(size));
          expect(cache.sizeBytes()).toBeLessThanOrEqual(16);
          expect(cache.sizeBytes('f1/') + cache.sizeBytes('f2/')).toBe(cache.sizeBytes());
        }
        cache.deletePrefix('f1/');
        expect(cache.sizeBytes('f1/')).toBe(0);
      }),
    );
  });
});
