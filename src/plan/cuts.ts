import type { Segment, SegmentPlan } from './types.ts';

/** Where a film is cut: known from its index, or found out while it plays. */
export interface Cuts {
  /** As far as it is known by now. Its segments' numbers and count never change. */
  readonly plan: SegmentPlan;
  /** A segment of the plan with its true times and bytes; rejects with what reading the film rejects with, or the signal's reason. */
  locate(segment: Segment, signal?: AbortSignal): Promise<Segment>;
}

/** The cuts of a film whose index tells them all. */
export function knownCuts(plan: SegmentPlan): Cuts {
  return { plan, locate: async (segment) => segment };
}
