import { type MediaInfo, originSecondsOf } from '../probe/media-info.ts';
import type { ContainerIndex } from './types.ts';

/** Bytes are guessed at these steps: what is fetched ahead by such a guess is a segment or two. */
const STEP_SECONDS = 2;

/**
 * An index for a container that has none (MPEG-TS, AVI, FLV, Ogg …): nothing of the film is known but its length, so its tracks are encoded,
 * which needs no keyframes of the source, and where a time lies in the file is guessed from its size. Null for a film without end.
 */
export function estimateIndex(media: MediaInfo, sizeBytes: number): ContainerIndex | null {
  const { durationSeconds: measured, startSeconds } = media;
  if (measured === null) return null;
  const originSeconds = originSecondsOf(media);
  // ffprobe's duration counts from the container's start, the film's from its first picture; a container that knows only decode times counts
  // its pictures, and shows them later.
  const fromPicture = measured - Math.max(0, originSeconds - startSeconds);
  const durationSeconds = Math.max(STEP_SECONDS / 2, fromPicture, media.video[0]?.durationSeconds ?? 0);
  const steps = Math.ceil(durationSeconds / STEP_SECONDS);
  return {
    container: 'unindexed',
    originSeconds,
    videoEndSeconds: media.video.length > 0 ? durationSeconds : null,
    durationSeconds,
    keyframes: Array.from({ length: steps }, (_, n) => ({
      timeSeconds: n * STEP_SECONDS,
      offset: Math.floor((n / steps) * sizeBytes),
    })),
    mediaEndOffset: sizeBytes,
    indexRanges: [],
  };
}
