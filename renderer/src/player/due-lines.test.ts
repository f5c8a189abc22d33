import { expect, test } from 'vitest';
import { shownOf } from './due-lines.ts';

const line = (startTime: number, endTime: number) => ({ cue: { startTime, endTime } });

test('lines are in the order of their start', () => {
  const [first, second, third] = [line(1, 9), line(2, 3), line(2, 5)];
  expect(shownOf([third, first, second])).toEqual([first, third, second]);
});

test('of more than a screen holds those that last longest are shown', () => {
  const letters = Array.from({ length: 3_000 }, (_, n) => line(n / 1_000, n / 1_000 + 0.1));
  const spoken = [line(0.5, 3), line(2.5, 3.5)];
  const shown = shownOf([...letters, ...spoken]);
  expect(shown).toHaveLength(12);
  expect(shown).toEqual(expect.arrayContaining(spoken));
  expect(shown).toEqual(shown.toSorted((a, b) => a.cue.startTime - b.cue.startTime));
});
