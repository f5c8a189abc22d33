import { describe, expect, it } from 'vitest';
import { SeekLog } from './seek-log.ts';

const timing = (rendition: string, segment: number) => ({
  rendition,
  segment,
  filmSeconds: segment * 4,
  elapsedMs: 1,
  from: 'origin' as const,
});

describe('SeekLog', () => {
  it('counts the start and jumps as seeks, playing on and repeats not', () => {
    const log = new SeekLog();
    const seen = [0, 1, 2, 2, 9, 10, 3].map((segment) => log.note(timing('v0', segment)) !== undefined);
    expect(seen).toEqual([true, false, false, false, true, false, true]);
    expect(log.latest().map(({ segment }) => segment)).toEqual([0, 9, 3]);
  });

  it('follows each rendition apart, and keeps only the latest', () => {
    const log = new SeekLog();
    expect(log.note(timing('v0', 0))).toBeDefined();
    expect(log.note(timing('a0', 5))).toBeDefined();
    expect(log.note(timing('v0', 1))).toBeUndefined();
    for (let n = 0; n < 100; n++) log.note(timing('v0', n * 10));
    expect(log.latest()).toHaveLength(20);
  });
});
