import type { ContainerIndex } from '../../plan/types.ts';
import { damaged } from './failures.ts';

/** A gap between keyframes up to here is believed of any film: encoders make GOPs of 10 s, screen recordings of a minute. */
const BELIEVABLE_GAP_SECONDS = 60;
/** The same for a file that can be walked through instead, which finds them all. */
const UNQUESTIONED_GAP_SECONDS = 12;
const UNQUESTIONED_GAP_RATIO = 3;
/** A longer one is believed when the film is like that throughout: so many times its median. */
const BELIEVABLE_GAP_RATIO = 10;
/** Whatever the film is like: a gap like this makes a segment that no player waits for. */
const MAX_GAP_SECONDS = 300;
/** Offsets of so large a part may run backwards: an odd interleaving, not damage. */
const BACKWARD_SHARE = 0.01;

/** No film is longer than a week: a track that says so has a broken timestamp, and a plan of it would fill the memory. */
const MAX_FILM_SECONDS = 7 * 24 * 3600;

/** Where the film ends: the latest believable end of its tracks, the main one's at least. */
export function filmEnd(mainEnd: number, others: readonly number[]): number {
  return Math.max(mainEnd, ...others.filter((end) => end <= MAX_FILM_SECONDS));
}

/** Throws `media_damaged` for an index whose times make no film. */
export function assertFilm(index: ContainerIndex): ContainerIndex {
  const { durationSeconds, originSeconds, videoEndSeconds } = index;
  const isFilm =
    durationSeconds > 0 &&
    durationSeconds <= MAX_FILM_SECONDS &&
    Number.isFinite(originSeconds) &&
    (videoEndSeconds === null || videoEndSeconds > 0);
  if (!isFilm) throw damaged('The times in the film make no sense: it would be endless or empty.');
  return index;
}

/**
 * Why an index is not to be relied on, as half a sentence; null when it is. A wrong index is worse than none: the plan would be published
 * as exact and its segments would be empty or minutes long.
 *
 * @param isWalkable There is a cheap better way: be strict.
 */
export function distrust(index: ContainerIndex, sizeBytes: number, isWalkable = false): string | null {
  const { keyframes } = index;
  const end = index.videoEndSeconds ?? index.durationSeconds;
  const [first] = keyframes;
  if (!first) return 'it lists no keyframes';
  if (first.timeSeconds !== 0) return 'it does not begin at the first frame';
  if (!Number.isFinite(end) || end <= 0) return 'it tells no duration';
  let backwards = 0;
  for (const [i, keyframe] of keyframes.entries()) {
    const before = keyframes[i - 1];
    if (!Number.isFinite(keyframe.timeSeconds)) return 'a time is not a number';
    if (keyframe.offset < 0 || keyframe.offset >= sizeBytes) return 'it points outside the file';
    if (!before) continue;
    if (keyframe.timeSeconds <= before.timeSeconds) return 'its times do not ascend';
    if (keyframe.offset < before.offset) backwards++;
  }
  if (backwards > keyframes.length * BACKWARD_SHARE) return 'its offsets do not ascend';
  return gapReason(index, end, isWalkable);
}

/** The largest hole, the one between the last keyframe and the end included: that is the coverage. */
function gapReason({ keyframes }: ContainerIndex, end: number, isWalkable: boolean): string | null {
  const gaps = keyframes.map((k, i) => (keyframes[i + 1]?.timeSeconds ?? end) - k.timeSeconds);
  const largest = gaps.reduce((max, gap) => Math.max(max, gap), 0);
  if (largest <= (isWalkable ? UNQUESTIONED_GAP_SECONDS : BELIEVABLE_GAP_SECONDS)) return null;
  const median = gaps.toSorted((a, b) => a - b)[gaps.length >> 1] ?? 0;
  const ratio = isWalkable ? UNQUESTIONED_GAP_RATIO : BELIEVABLE_GAP_RATIO;
  if (keyframes.length > 2 && largest <= Math.min(median * ratio, MAX_GAP_SECONDS)) return null;
  return `it has no keyframe for ${Math.round(largest)} seconds`;
}
