import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CacheBudget } from './range-cache/cache-budget.ts';
import { type SourceFixture, sourceFixture } from './testing/fixture.ts';
import { noise } from './testing/origin.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const CONTENT = noise(24 * MIB);
let fixture: SourceFixture;
beforeEach(async () => {
  fixture = await sourceFixture(CONTENT);
});
afterEach(() => fixture.close());

const ranges = () => fixture.origin.requests.map(({ start, end }) => [start, end]);
const slice = (start: number, end: number) => CONTENT.subarray(start, end);

async function openedSource(deps = {}) {
  const source = fixture.open(deps);
  await source.read(0, 128 * KIB);
  fixture.origin.requests.length = 0;
  return source;
}

describe('budget', () => {
  it('evicts what was used longest ago, never what is pinned', async () => {
    const budget = new CacheBudget(4 * MIB);
    const source = await openedSource({ budget });
    source.pin(20 * MIB, 20 * MIB + 64 * KIB);
    await source.read(20 * MIB, 20 * MIB + 64 * KIB);
    for (let at = 1; at < 18; at += 1) await source.read(at * MIB, (at + 1) * MIB);
    expect(budget.usedBytes).toBeLessThanOrEqual(4 * MIB);
    expect(source.stats().cachedBytes).toBeLessThanOrEqual(4 * MIB);
    fixture.origin.requests.length = 0;
    await source.read(0, 128 * KIB);
    await source.read(20 * MIB, 20 * MIB + 64 * KIB);
    await source.read(17 * MIB, 18 * MIB);
    expect(ranges()).toEqual([]);
    await source.read(2 * MIB, 2 * MIB + 10);
    expect(ranges()).toHaveLength(1);
    await source.close();
    expect(budget.usedBytes).toBe(0);
  });

  it('reads on when its folder is gone', async () => {
    const source = await openedSource();
    await rm(fixture.cacheDir, { recursive: true });
    let at = 0;
    for await (const piece of source.stream(0, CONTENT.length)) {
      expect(slice(at, at + piece.length).equals(piece)).toBe(true);
      at += piece.length;
    }
    expect(at).toBe(CONTENT.length);
  });

  it('reads on without a disk', async () => {
    // A folder cannot be made below a file.
    const source = fixture.open({ cacheDir: '/dev/null' });
    let at = 0;
    for await (const piece of source.stream(0, CONTENT.length)) {
      expect(slice(at, at + piece.length).equals(piece)).toBe(true);
      at += piece.length;
    }
    expect(at).toBe(CONTENT.length);
  });
});
