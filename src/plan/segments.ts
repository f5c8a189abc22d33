import type { MediaInfo } from '../probe/media-info.ts';
import type { ContainerIndex, Keyframe, Segment, SegmentPlan } from './types.ts';

/** A segment is closed at the first keyframe from here on. Shorter ones cost requests, longer ones start-up and seek time. */
const MIN_SECONDS = 4;
/** Groups of pictures are not merged beyond this; a single longer one stays whole, since a cut needs a keyframe. */
const MAX_SECONDS = 6;
/** Below `MIN_SECONDS`, yet long enough to stand alone when the next group of pictures would make the segment too long. */
const ALONE_SECONDS = 2;
/** An audio tail this short is joined to the last segment, however long that is: nobody wants a segment of two audio frames. */
const JOINED_TAIL_SECONDS = 1;
/** Where audio has no keyframes to cut at (each of its packets is one). */
const AUDIO_SECONDS = 5;

/** Segments of an encoded picture: a seek waits for one to be encoded, so shorter than copied ones. */
const ENCODED_SECONDS = 1;

/**
 * Cuts the film into segments. Pure: the same index and probe always give the same plan, so that a segment's number means the same
 * in every run. The segments cover `[0, durationSeconds)` without gap or overlap.
 *
 * Where the audio goes on after the video, segments without video follow; `videoEndSeconds` says where the video stops.
 *
 * @param encodedFrameRate where the picture is encoded: cuts lie on its frames, not on the source's keyframes; null for a rate that is unknown or varies
 */
export function planSegments(
  index: ContainerIndex,
  media: Pick<MediaInfo, 'audio'>,
  encodedFrameRate?: number | null,
): SegmentPlan {
  const videoEnd = index.videoEndSeconds;
  // A subtitle track may be announced far beyond the last frame; only sound is worth going on for.
  const tailIsHeard = videoEnd === null || media.audio.length > 0;
  const duration =
    videoEnd === null ? index.durationSeconds : Math.max(videoEnd, tailIsHeard ? index.durationSeconds : 0);
  const points = videoEnd === null ? withAudioPoints(index.keyframes, duration) : index.keyframes;
  const starts =
    encodedFrameRate === undefined || videoEnd === null
      ? joinShortRest(chooseCuts(points, videoEnd ?? duration), videoEnd ?? duration)
      : evenCuts(points, videoEnd, encodedFrameRate);
  if (videoEnd !== null) starts.push(...tailCuts(starts.at(-1), videoEnd, duration));

  const segments = toSegments(starts, points, duration, index.mediaEndOffset);
  return {
    segments,
    targetDurationSeconds: targetDuration(segments),
    durationSeconds: duration,
    videoEndSeconds: videoEnd,
  };
}

/** The segment that holds a film time; times outside the film give the first or the last one. */
export function segmentAt(plan: SegmentPlan, seconds: number): Segment {
  let low = 0;
  let high = plan.segments.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((plan.segments[middle]?.startSeconds ?? 0) <= seconds) low = middle;
    else high = middle - 1;
  }
  const segment = plan.segments[low];
  if (!segment) throw new RangeError('A segment plan is never empty.');
  return segment;
}

/** The keyframes at which segments begin. */
function chooseCuts(points: readonly Keyframe[], end: number): Keyframe[] {
  const cuts: Keyframe[] = [{ timeSeconds: 0, offset: points[0]?.offset ?? 0 }];
  let start = 0;
  // By index: an iterator over a day of keyframes costs more than all the rest.
  for (let i = 0; i < points.length; i++) {
    const point = points[i];
    if (!point || point.timeSeconds <= start || point.timeSeconds >= end) continue;
    const length = point.timeSeconds - start;
    const lengthWithNext = Math.min(points[i + 1]?.timeSeconds ?? end, end) - start;
    if (length < MIN_SECONDS && (length < ALONE_SECONDS || lengthWithNext <= MAX_SECONDS)) continue;
    cuts.push(point);
    start = point.timeSeconds;
  }
  return cuts;
}

/** Cuts at every so many frames, with the bytes from which each can be decoded. */
function evenCuts(points: readonly Keyframe[], end: number, frameRate: number | null): Keyframe[] {
  const length = frameRate === null ? ENCODED_SECONDS : Math.round(ENCODED_SECONDS * frameRate) / frameRate;
  // A rest of less than half a segment is joined to the one before.
  const count = Math.max(1, Math.round(end / length));
  let behind = 0;
  return Array.from({ length: count }, (_, n) => {
    const timeSeconds = n * length;
    while ((points[behind + 1]?.timeSeconds ?? Number.POSITIVE_INFINITY) <= timeSeconds) behind++;
    return { timeSeconds, offset: points[behind]?.offset ?? 0 };
  });
}

function joinShortRest(cuts: Keyframe[], end: number): Keyframe[] {
  const last = cuts.at(-1);
  const before = cuts.at(-2);
  if (!last || !before) return cuts;
  const isShort = end - last.timeSeconds < MIN_SECONDS;
  return isShort && end - before.timeSeconds <= MAX_SECONDS ? cuts.slice(0, -1) : cuts;
}

/** Where segments of audio alone begin, after the video has ended; none when the last segment can take it in. */
function tailCuts(lastCut: Keyframe | undefined, videoEnd: number, duration: number): Keyframe[] {
  const tail = duration - videoEnd;
  const joined = duration - (lastCut?.timeSeconds ?? 0);
  if (tail <= JOINED_TAIL_SECONDS || joined <= MAX_SECONDS) return [];
  const count = Math.ceil(tail / MAX_SECONDS);
  return Array.from({ length: count }, (_, i) => ({
    timeSeconds: videoEnd + (tail * i) / count,
    // Somewhere behind the last keyframe; only the audio's reader knows where exactly.
    offset: lastCut?.offset ?? 0,
  }));
}

/** Every audio packet is a point to cut at: fills holes of a sparse audio index by time, with the offset to read from. */
function withAudioPoints(points: readonly Keyframe[], end: number): Keyframe[] {
  const filled: Keyframe[] = [];
  for (const [i, point] of (points.length > 0 ? points : [{ timeSeconds: 0, offset: 0 }]).entries()) {
    filled.push(point);
    const next = Math.min(points[i + 1]?.timeSeconds ?? end, end);
    if (next - point.timeSeconds <= MAX_SECONDS) continue;
    const count = Math.round((next - point.timeSeconds) / AUDIO_SECONDS);
    for (let part = 1; part < count; part++) {
      const timeSeconds = point.timeSeconds + ((next - point.timeSeconds) * part) / count;
      filled.push({ timeSeconds, offset: point.offset });
    }
  }
  return filled;
}

function toSegments(
  starts: readonly Keyframe[],
  points: readonly Keyframe[],
  duration: number,
  mediaEnd: number,
): Segment[] {
  const fileEnd = Math.max(mediaEnd, points.at(-1)?.offset ?? 0);
  const segments: Segment[] = [];
  // From the back, since where a segment's bytes end is told by what follows: the next cut, or, when that lies in the same cluster, the
  // first one after it.
  let nextOffset = fileEnd;
  for (let i = starts.length - 1; i >= 0; i--) {
    const start = starts[i];
    if (!start) continue;
    if (start.offset < nextOffset || segments.length === 0) {
      segments.push(segment(i, start, starts[i + 1], duration, Math.max(nextOffset, start.offset)));
      nextOffset = start.offset;
    } else {
      const after = segments.at(-1)?.endOffset ?? fileEnd;
      segments.push(segment(i, start, starts[i + 1], duration, Math.max(after, start.offset)));
    }
  }
  return segments.reverse();
}

function segment(
  index: number,
  start: Keyframe,
  next: Keyframe | undefined,
  duration: number,
  endOffset: number,
): Segment {
  return {
    index,
    startSeconds: start.timeSeconds,
    endSeconds: next?.timeSeconds ?? duration,
    startOffset: start.offset,
    endOffset,
  };
}

/**
 * RFC 8216 §4.3.3.1: each EXTINF rounded to the nearest integer must not exceed it. The millisecond is for a writer that rounds
 * 6.4999 up to 6.500 first.
 */
function targetDuration(segments: readonly Segment[]): number {
  const longest = segments.reduce((max, s) => Math.max(max, s.endSeconds - s.startSeconds), 0);
  return Math.max(1, Math.floor(longest + 0.5 + 0.001));
}
