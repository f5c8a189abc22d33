import type { Span } from './packet.ts';

/** How long audio lags behind the video it is heard with in a file: reordering delays of the video, and a muxer's batches. */
const INTERLEAVING_SECONDS = 0.25;
const MIN_BEHIND_BYTES = 64 << 10;

/**
 * Where a request for a span's bytes should end: a little behind the next keyframe, where the last of its audio usually lies. Whoever reads the
 * span asks up to here, so that video and audio come in one request, and the last audio does not cost a round trip.
 */
export function fetchEnd({ startSeconds, endSeconds, startOffset, endOffset }: Span): number {
  const bytesPerSecond = Math.max(0, endOffset - startOffset) / Math.max(1, endSeconds - startSeconds);
  return endOffset + Math.max(MIN_BEHIND_BYTES, Math.ceil(bytesPerSecond * INTERLEAVING_SECONDS));
}
