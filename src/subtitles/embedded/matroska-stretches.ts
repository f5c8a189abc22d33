import type { ContainerIndex } from '../../plan/types.ts';
import { SAME_MOMENT_SECONDS } from '../../remux/matroska/clock.ts';
import type { MatroskaHead } from '../../remux/matroska/head.ts';
import type { TimeWindow } from '../cue.ts';

/** A reading of blocks is bounded; a film is more than one. */
const STRETCH_BYTES = 128 * 1024 * 1024;

/**
 * The bytes in which a window's blocks lie, `[start, end)` each, cut where clusters begin: from the keyframe before it to the next one behind it.
 * They are what is read for its pictures, so that subtitles cost a seek nothing. Tracks are interleaved by time of decoding: a line that comes a few
 * frames late in the file is found with the next window, which shows it too.
 */
export function stretchesOf(
  { keyframes, mediaEndOffset }: Pick<ContainerIndex, 'keyframes' | 'mediaEndOffset'>,
  { firstCluster, sizeBytes }: Pick<MatroskaHead, 'firstCluster' | 'sizeBytes'>,
  { fromSeconds, toSeconds }: TimeWindow,
): { start: number; end: number }[] {
  const before = keyframes.findLast(({ timeSeconds }) => timeSeconds <= fromSeconds + SAME_MOMENT_SECONDS);
  const behind = keyframes.find(({ timeSeconds }) => timeSeconds >= toSeconds - SAME_MOMENT_SECONDS);
  const end = behind?.offset ?? Math.min(sizeBytes, Math.max(mediaEndOffset, keyframes.at(-1)?.offset ?? 0));
  const stretches: { start: number; end: number }[] = [];
  const [first] = keyframes;
  // Before the first keyframe may lie what is shown with it.
  let start = (before === first ? firstCluster : null) ?? before?.offset ?? firstCluster ?? 0;
  let last = start;
  for (const { offset } of keyframes) {
    if (offset <= last || offset >= end) continue;
    if (offset - start > STRETCH_BYTES && last > start) {
      stretches.push({ start, end: last });
      start = last;
    }
    last = offset;
  }
  if (start < end) stretches.push({ start, end });
  return stretches;
}
