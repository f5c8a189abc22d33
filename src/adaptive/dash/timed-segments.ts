import type { Resource } from '../../source/http-resources.ts';
import { checkSegmentCount, damaged } from '../limits.ts';
import type { Addressing, TimelineEntry } from './addressing.ts';
import type { Period } from './mpd.ts';

/** A segment on the presentation's clock, seconds. */
export interface TimedSegment {
  resource: Resource;
  startSeconds: number;
  durationSeconds: number;
}

/** What of a presentation that goes on can be fetched now: segments that end within it. Presentation time, seconds. */
export interface AvailableWindow {
  fromSeconds: number;
  untilSeconds: number;
}

type SegmentAddressing = Extract<Addressing, { kind: 'segments' }>;

/** A rest shorter than this is rounding, not media. */
const ROUNDING_SECONDS = 0.001;
/** A live window is cut to so many: who goes back hours in a stream of a week needs no more. */
const MAX_WINDOW_SEGMENTS = 10_000;

/**
 * The segments of a representation in one period (ISO/IEC 23009-1 §5.3.9), of which a live presentation has a window. Pure, and bounded
 * whatever the document claims. @throws `media_damaged` when it claims more segments than any film has.
 */
export function timedSegments(
  addressing: SegmentAddressing,
  period: Pick<Period, 'startSeconds' | 'durationSeconds'>,
  window: AvailableWindow | null,
): TimedSegment[] {
  const { cuts } = addressing;
  return 'timeline' in cuts
    ? byTimeline(addressing, cuts.timeline, period, window)
    : byDuration(addressing, cuts.duration, period, window);
}

function byDuration(
  addressing: SegmentAddressing,
  duration: number,
  { startSeconds, durationSeconds }: Pick<Period, 'startSeconds' | 'durationSeconds'>,
  window: AvailableWindow | null,
): TimedSegment[] {
  const length = duration / addressing.timescale;
  const { count: most } = addressing;
  const inPeriod =
    durationSeconds === null
      ? most
      : Math.min(most, Math.ceil((durationSeconds - ROUNDING_SECONDS) / length));
  const past = window
    ? Math.floor((window.untilSeconds - startSeconds + ROUNDING_SECONDS) / length)
    : inPeriod;
  const end = Math.min(inPeriod, past);
  if (!Number.isFinite(end)) throw damaged('does not say how long the film is');
  const wanted = window ? Math.max(0, Math.floor((window.fromSeconds - startSeconds) / length)) : 0;
  const first = window ? Math.max(wanted, end - MAX_WINDOW_SEGMENTS) : 0;
  checkSegmentCount(end - first);
  const segments: TimedSegment[] = [];
  for (let index = first; index < end; index += 1) {
    const offset = index * length;
    const time = addressing.presentationTimeOffset + BigInt(index) * BigInt(duration);
    segments.push({
      resource: addressing.resourceAt(index, time),
      startSeconds: startSeconds + offset,
      durationSeconds: Math.min(length, (durationSeconds ?? Number.POSITIVE_INFINITY) - offset),
    });
  }
  return segments;
}

function byTimeline(
  addressing: SegmentAddressing,
  timeline: readonly TimelineEntry[],
  { startSeconds, durationSeconds }: Pick<Period, 'startSeconds' | 'durationSeconds'>,
  window: AvailableWindow | null,
): TimedSegment[] {
  const { timescale, presentationTimeOffset, count: most } = addressing;
  const units = (seconds: number) =>
    BigInt(Math.round((seconds - startSeconds) * timescale)) + presentationTimeOffset;
  const endSeconds = durationSeconds === null ? window?.untilSeconds : startSeconds + durationSeconds;
  const from = window ? units(window.fromSeconds) : null;
  const segments: TimedSegment[] = [];
  let time = presentationTimeOffset;
  let index = 0;
  timeline.forEach((entry, position) => {
    if (entry.time !== null) time = entry.time;
    const duration = BigInt(entry.duration);
    const next = timeline[position + 1]?.time ?? (endSeconds === undefined ? null : units(endSeconds));
    const count =
      entry.repeat >= 0
        ? entry.repeat + 1
        : next === null || next <= time
          ? 1
          : Number((next - time + duration - 1n) / duration);
    // Those that have left the window are not even looked at: a hostile entry may repeat without end.
    const skipped = from === null || from <= time ? 0 : Math.min(count, Number((from - time) / duration));
    checkSegmentCount(count - skipped + segments.length);
    for (let step = skipped; step < count && index + step < most; step += 1) {
      const at = time + BigInt(step) * duration;
      segments.push({
        resource: addressing.resourceAt(index + step, at),
        startSeconds: startSeconds + Number(at - presentationTimeOffset) / timescale,
        durationSeconds: entry.duration / timescale,
      });
    }
    time += duration * BigInt(count);
    index += count;
  });
  return window ? segments.slice(-MAX_WINDOW_SEGMENTS) : segments;
}
