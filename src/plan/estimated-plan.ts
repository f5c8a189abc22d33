import type { ContainerIndex, Segment, SegmentPlan } from './types.ts';

/** Segments are as many whole groups of pictures as come to this. */
const MIN_SECONDS = 4;
/** Two cuts nearer to each other are one: a group of pictures that is longer than a segment. */
const MIN_DISTANCE_SECONDS = 0.001;

/**
 * Cuts a film evenly whose keyframes nobody has listed. Complete at once, yet only nearly right: a segment begins at a keyframe near its
 * planned start, up to a group of pictures before it (see `withKnownStarts`). Where all groups are of one length, the plan is exact.
 *
 * @param groupSeconds the longest group of pictures seen
 */
export function planEstimated(index: ContainerIndex, groupSeconds: number): SegmentPlan {
  const end = index.durationSeconds;
  const videoEnd = index.videoEndSeconds ?? end;
  const length = Math.max(1, Math.ceil(MIN_SECONDS / groupSeconds)) * groupSeconds;
  // A rest of less than half a segment is joined to the one before.
  const count = Math.max(1, Math.round(videoEnd / length));
  const first = index.keyframes[0]?.offset ?? 0;
  const bytesPerSecond = (index.mediaEndOffset - first) / end;
  const offset = (seconds: number) => Math.floor(first + seconds * bytesPerSecond);
  const segments = Array.from({ length: count }, (_, n): Segment => {
    const startSeconds = n * length;
    const endSeconds = n === count - 1 ? end : (n + 1) * length;
    return {
      index: n,
      startSeconds,
      endSeconds,
      startOffset: offset(startSeconds),
      endOffset: n === count - 1 ? index.mediaEndOffset : offset(endSeconds),
    };
  });
  const last = segments.at(-1);
  const longest = Math.max(length, (last?.endSeconds ?? 0) - (last?.startSeconds ?? 0));
  return {
    segments,
    // The same before and after cuts are known: players do not expect it to change (RFC 8216 §6.2.1).
    targetDurationSeconds: Math.ceil(longest + groupSeconds),
    durationSeconds: end,
    videoEndSeconds: index.videoEndSeconds,
  };
}

/** A film time and the offset where reading for it begins. */
interface Place {
  seconds: number;
  offset: number;
}

/**
 * The plan with what is known by now of where its segments begin: numbers and count stay, times become exact; bytes too, and between known
 * places they are guessed from those.
 */
export function withKnownStarts(plan: SegmentPlan, known: ReadonlyMap<number, Place>): SegmentPlan {
  const { segments, durationSeconds } = plan;
  const mediaEnd = segments.at(-1)?.endOffset ?? 0;
  const starts = segments.map(({ startSeconds }) => startSeconds);
  const places: Place[] = [{ seconds: 0, offset: segments[0]?.startOffset ?? 0 }];
  for (const [index, place] of [...known].sort(([a], [b]) => a - b)) {
    const fitsBefore =
      (starts[index - 1] ?? Number.NEGATIVE_INFINITY) + MIN_DISTANCE_SECONDS <= place.seconds;
    const fitsBehind = place.seconds + MIN_DISTANCE_SECONDS <= (starts[index + 1] ?? durationSeconds);
    if (index === 0 || index >= starts.length || !fitsBefore || !fitsBehind) continue;
    starts[index] = place.seconds;
    places.push(place);
  }
  places.push({ seconds: durationSeconds, offset: mediaEnd });
  let at = 0;
  const offsets = starts.map((seconds) => {
    while ((places[at + 1]?.seconds ?? Number.POSITIVE_INFINITY) <= seconds) at++;
    const [low, high] = [places[at], places[at + 1]];
    if (!low || !high) return mediaEnd;
    const share = (seconds - low.seconds) / (high.seconds - low.seconds);
    return low.offset + Math.floor((high.offset - low.offset) * share);
  });
  return {
    ...plan,
    segments: segments.map(({ index }) => ({
      index,
      startSeconds: starts[index] ?? 0,
      endSeconds: starts[index + 1] ?? durationSeconds,
      startOffset: offsets[index] ?? 0,
      endOffset: offsets[index + 1] ?? mediaEnd,
    })),
  };
}
