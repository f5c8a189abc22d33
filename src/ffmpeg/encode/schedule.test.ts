import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Scene, schedule } from './schedule.ts';

const scene = (changes: Partial<Scene>): Scene => ({
  wanted: 10,
  isAwaited: true,
  run: { next: 10, last: 100 },
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
    ['nor is one beyond the run’s end', { wanted: 12, run: { next: 10, last: 11 } }, 'start'],
    ['without a run there is nothing to wait for', { run: null }, 'start'],
    ['the first wish of all starts at once', { run: null, startedAt: null, leaptAt: null, now: 0 }, 'start'],
    ['a seek out of calm starts at once', { wanted: 50, leaptAt: 60_000 }, 'start'],
    ['a seek right after a start is held', { wanted: 50, startedAt: 59_800, leaptAt: 60_000 }, 'hold'],
    ['a seek right after a seek is held', { wanted: 50, leaptAt: 60_000, leaptBeforeAt: 59_900 }, 'hold'],
    ['until it has come to rest', { wanted: 50, leaptAt: 59_750, leaptBeforeAt: 59_700 }, 'start'],
    ['what nobody waits for is held longer', { wanted: 50, leaptAt: 59_500, isAwaited: false }, 'hold'],
    ['but made in the end', { wanted: 50, leaptAt: 59_000, isAwaited: false }, 'start'],
    ['and at once where nobody seeked', { run: null, leaptAt: null, isAwaited: false }, 'start'],
  ])('%s', (_, changes, action) => {
    expect(schedule(scene(changes)).action).toBe(action);
  });

  it('starts at most twice for any storm of seeks', () => {
    const gaps = fc.array(fc.integer({ min: 1, max: 240 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 0, max: 1000 }), (list, first) => {
        let startedAt: number | null = -10_000;
        let leaptAt: number | null = null;
        let leaptBeforeAt: number | null = null;
        let starts = 0;
        let now = 0;
        let held: number | null = null;
        const ask = (wanted: number) => {
          const verdict = schedule(
            scene({ wanted, run: { next: 5000, last: 9000 }, startedAt, leaptAt, leaptBeforeAt, now }),
          );
          held = verdict.action === 'hold' ? now + verdict.ms : null;
          if (verdict.action !== 'start') return;
          starts += 1;
          startedAt = now;
        };
        let wanted = first;
        for (const gap of [0, ...list]) {
          const next = now + gap;
          if (held !== null && held <= next) {
            now = held;
            ask(wanted);
          }
          now = next;
          leaptBeforeAt = leaptAt;
          leaptAt = now;
          wanted += 1;
          ask(wanted);
        }
        if (held !== null) {
          now = held;
          ask(wanted);
        }
        expect(held).toBeNull();
        expect(starts).toBeLessThanOrEqual(2);
        expect(startedAt).toBeGreaterThanOrEqual(leaptAt ?? 0);
      }),
    );
  });
});
