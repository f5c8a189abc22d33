import fc from 'fast-check';
import { expect, test } from 'vitest';
import { afterCrash } from './restart-policy.ts';

test('the first restart is immediate, later ones back off, the sixth crash in a minute ends it', () => {
  let crashes: readonly number[] = [];
  const delays = [1_000, 2_000, 3_000, 5_000, 8_000, 13_000].map((at) => {
    const decision = afterCrash(crashes, at);
    crashes = decision.crashes;
    return decision.delayMs;
  });
  expect(delays).toEqual([0, 250, 1_000, 2_000, 4_000, null]);
});

test('a crash a minute ago is forgotten', () => {
  expect(afterCrash([0], 59_999).delayMs).toBe(250);
  expect(afterCrash([0], 60_000).delayMs).toBe(0);
});

test('gives up only with more than five crashes within one minute, and never waits over 4 s', () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 90_000 }), { maxLength: 40 });
  fc.assert(
    fc.property(gaps, (list) => {
      let crashes: readonly number[] = [];
      let at = 0;
      const all: number[] = [];
      for (const gap of list) {
        at += gap;
        all.push(at);
        const decision = afterCrash(crashes, at);
        const recent = all.filter((time) => at - time < 60_000).length;
        expect(decision.delayMs === null).toBe(recent > 5);
        expect(decision.delayMs ?? 0).toBeLessThanOrEqual(4_000);
        crashes = decision.crashes;
      }
    }),
  );
});
