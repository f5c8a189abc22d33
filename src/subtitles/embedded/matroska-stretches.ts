import type { ContainerIndex } from '../../plan/types.ts';
import type { MatroskaHead } from '../../remux/matroska/head.ts';
import type { TimeWindow } from '../cue.ts';

/** What begins so long before a window is found, too: few lines stand longer, and a seek must not cost much more than what it shows. */
const LOOK_BACK_SECONDS = 5;
/** Tracks are interleaved by time, but for what lies between decoding and presentation. */
const LOOK_AHEAD_SECONDS = 1;
/** A reading of blocks is bounded; a film is more than one. */
const STRETCH_BYTES = 128 * 1024 * 1024;

/** The bytes in which a window's blocks lie, `[start, end)` each, cut where clusters begin. */
export function stretchesOf(
  { keyframes, mediaEndOffset }: Pick<ContainerIndex, 'keyframes' | 'mediaEndOffset'>,
  { firstCluster, sizeBytes }: Pick<MatroskaHead, 'firstCluster' | 'sizeBytes'>,
  { fromSeconds, toSeconds }: TimeWindow,
): { start: number; end: number }[] {
  const before = keyframes.findLast(({ timeSeconds }) => timeSeconds <= fromSeconds - LOOK_BACK_SECONDS);
  const behind = keyframes.find(({ timeSeconds }) => timeSeconds >= toSeconds + LOOK_AHEAD_SECONDS);
  const end = behind?.offset ?? Math.min(sizeBytes, Math.max(mediaEndOffset, keyframes.at(-1)?.offset ?? 0));
  const stretches: { start: number; end: number }[] = [];
  let start = before?.offset ?? firstCluster ?? keyframes[0]?.offset ?? 0;
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
