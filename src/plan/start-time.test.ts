import { expect, test } from 'vitest';
import { startWithin } from './start-time.ts';
import type { SegmentPlan } from './types.ts';

const segment = { index: 0, startSeconds: 0, endSeconds: 4, startOffset: 0, endOffset: 1 };
const plan: SegmentPlan = {
  segments: [segment, { ...segment, index: 1, startSeconds: 4, endSeconds: 7.5 }],
  targetDurationSeconds: 4,
  durationSeconds: 7.5,
  videoEndSeconds: 7.5,
};

test.each([
  [0, 0],
  [-1, 0],
  [7.4, 7.4],
  [7.5, 4],
  [1e300, 4],
])('%d → %d', (wanted, start) => {
  expect(startWithin(plan, wanted)).toBe(start);
});
