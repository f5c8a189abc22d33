import { expect, test } from 'vitest';
import { RaffiError } from '../errors.ts';
import type { ContainerIndex } from '../plan/types.ts';
import { timelineOfExamined } from './film-timeline.ts';

const index = {
  keyframes: [
    { timeSeconds: 0, offset: 500 },
    { timeSeconds: 10, offset: 2_500 },
  ],
  durationSeconds: 20,
  mediaEndOffset: 9_000,
} as unknown as ContainerIndex;
const size = { sizeBytes: 10_000 };

test('a film’s index says which bytes hold which seconds, up to the last of its media', () => {
  const timeline = timelineOfExamined({ index }, { durationSeconds: 20 }, size);
  expect([0, 5, 10, 20].map((seconds) => timeline?.offsetAt(seconds))).toEqual([500, 1_500, 2_500, 9_000]);
});

test('without an index its length does, if it has one', () => {
  const none = new RaffiError('no_index', 'none');
  expect(timelineOfExamined(none, { durationSeconds: 20 }, size)?.offsetAt(5)).toBe(2_500);
  expect(timelineOfExamined(none, { durationSeconds: null }, size)).toBeNull();
});
