import type { SegmentPlan } from './types.ts';

/** A wanted film time, seconds, taken back into the film: from its end on there is nothing to show, so the last segment's start. */
export function startWithin(plan: SegmentPlan, wantedSeconds: number): number {
  if (wantedSeconds < plan.durationSeconds) return Math.max(0, wantedSeconds);
  return Math.max(0, plan.segments.at(-1)?.startSeconds ?? 0);
}
