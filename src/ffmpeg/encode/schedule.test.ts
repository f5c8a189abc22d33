import { describe, expect, it } from 'vitest';
import { type Scene, schedule } from './schedule.ts';

const READ = { next: 10, last: 100, isRead: true };

const scene = (changes: Partial<Scene>): Scene => ({
  wanted: 10,
  isAwaited: true,
  run: { next: 10, last: 100, isRead: false },
  yieldedUntil: 0,
  segmentMs: 100,
  startMs: 500,
  startedAt: 0,
  leaptAt: 0,
  leaptBeforeAt: null,
  now: 60_000,
  ...changes,
});

describe('schedule', () => {
  it.each<[string, Partial<Scene>, string]>([
    ['the segment being made is waited for', {}, 'wait'],
    ['so is one a little ahead', { wanted: 15 }, 'wait'],
    ['one that a new run reaches sooner is not', { wanted: 16 }, 'start'],
    ['nor is one behind', { wanted: 9 }, 'start'],
    ['nor is one beyond the run’s end', { wanted: 12, run: { next: 10, last: 11, isRead: false } }, 'start'],
    ['without a run there is nothing to wait for', { run: null }, 'start'],
    ['the first wish of all starts at once', { run: null, startedAt: null, leaptAt: null, now: 0 }, 'start'],
    ['a seek out of calm starts at once', { wanted: 50, leaptAt: 60_000 }, 'start'],
    ['a seek right after a start is held', { wanted: 50, startedAt: 59_800, leaptAt: 60_000 }, 'hold'],
    ['a seek right after a seek is held', { wanted: 50, leaptAt: 60_000, leaptBeforeAt: 59_900 }, 'hold'],
    ['until it has come to rest', { wanted: 50, leaptAt: 59_550, leaptBeforeAt: 59_500 }, 'start'],
    ['what nobody waits for is held longer', { wanted: 50, leaptAt: 59_500, isAwaited: false }, 'hold'],
    ['but made in the end', { wanted: 50, leaptAt: 59_000, isAwaited: false }, 'start'],
    ['who reads the segment being made has it first', { wanted: 50, run: READ }, 'wait'],
    ['a place that was given up is left to others', { run: null, yieldedUntil: 60_500 }, 'hold'],
    ['and at once where nobody seeked', { run: null, leaptAt: null, isAwaited: false }, 'start'],
  ])('%s', (_, changes, action) => {
    expect(schedule(scene(changes)).action).toBe(action);
  });
});
