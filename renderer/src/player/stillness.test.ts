import { describe, expect, test } from 'vitest';
import { type Look, Stillness } from './stillness.ts';

const PATIENCE = { firstMs: 3000, laterMs: 6000 };
const STEP_MS = 500;

/** After how many milliseconds it is too long; null when never. */
function tooLongAfter(
  looks: readonly Partial<Look>[],
  patience: ConstructorParameters<typeof Stillness>[0] = PATIENCE,
) {
  const stillness = new Stillness(patience);
  for (const [n, look] of looks.entries()) {
    const atMs = n * STEP_MS;
    if (stillness.isTooLong({ atMs, seconds: atMs / 1000, isExpected: true, count: 0, ...look })) return atMs;
  }
  return null;
}
const steps = (count: number, look: (n: number) => Partial<Look> = () => ({})) =>
  Array.from({ length: count }, (_, n) => look(n));

describe('a count that stands still', () => {
  test('is borne for a while, from the beginning', () => {
    expect(tooLongAfter(steps(20))).toBe(3000);
  });

  test('longer, where it has grown before', () => {
    expect(tooLongAfter(steps(40, (n) => ({ count: Math.min(n, 4) })))).toBe(2000 + 6000);
  });

  test('for ever, where the track may pause', () => {
    const looks = steps(400, (n) => ({ count: Math.min(n, 4) }));
    expect(tooLongAfter(looks, { firstMs: 3000, laterMs: null })).toBeNull();
  });

  test('does not count while the film is paused, waits, or has nothing to give', () => {
    expect(tooLongAfter(steps(100, (n) => ({ isExpected: n % 5 !== 0 })))).toBeNull();
  });

  test('nor while its clock hardly moves', () => {
    expect(tooLongAfter(steps(100, (n) => ({ seconds: n / 100 })))).not.toBe(3000);
    expect(tooLongAfter(steps(100, () => ({ seconds: 7 })))).toBeNull();
  });

  test('nor across a seek back', () => {
    expect(tooLongAfter(steps(100, (n) => ({ seconds: (n % 5) / 2 })))).toBeNull();
  });
});

test('a count that grows is never too long', () => {
  expect(tooLongAfter(steps(100, (n) => ({ count: n })))).toBeNull();
});

test('one that begins anew (another source) counts as growing', () => {
  expect(tooLongAfter(steps(100, (n) => ({ count: n % 7 })))).toBeNull();
});
