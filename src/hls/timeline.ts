import type { SegmentPlan } from '../plan/types.ts';
import type { SegmentPart } from '../remux/cmaf-segment.ts';

/** A rest shorter than this is rounding, not media. */
const NOTHING_SECONDS = 0.001;

/**
 * The segments of a rendition that ends at `endSeconds` of film time: renditions share the plan's cuts (so that a switch
 * keeps its place), but a track that ends before the film has fewer of them and a shorter last one.
 */
export function timeline(plan: SegmentPlan, endSeconds: number): SegmentPart[] {
  const entries: SegmentPart[] = [];
  for (const segment of plan.segments) {
    const end = Math.min(segment.endSeconds, endSeconds);
    if (end - segment.startSeconds <= NOTHING_SECONDS) break;
    entries.push({ segment, startSeconds: segment.startSeconds, endSeconds: end });
  }
  return entries;
}
