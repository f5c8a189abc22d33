import type { AudioTarget, SegmentPlan, VideoTarget } from '../plan/types.ts';
import { RATE_BUFFER_SECONDS } from '../plan/video-target.ts';
import type { AudioStream } from '../probe/media-info.ts';

/** BANDWIDTH and AVERAGE-BANDWIDTH of a variant, sound included (RFC 8216 §4.3.4.2), bits per second. */
export interface Bandwidths {
  bandwidth: number;
  averageBandwidth: number;
}

/** At constant quality most films stay far below the peak that their worst scene is allowed. */
const USUAL_SHARE_OF_PEAK = 0.5;
/** Of sound that is copied and says nothing of itself. */
const USUAL_AUDIO_BIT_RATE = 256_000;

/** What fragments say of each frame: 16 bytes of it, for sixty pictures and fifty frames of sound a second, and their boxes. Bits per second. */
const PACKING_BIT_RATE = 20_000;

/** From the bytes that hold each segment: exact enough for a player's choice, and known before a byte of media is read. */
export function copiedBandwidths(plan: SegmentPlan, sizeBytes: number): Bandwidths {
  const average = plan.durationSeconds > 0 ? (sizeBytes * 8) / plan.durationSeconds : 0;
  let peak = average;
  for (const { startOffset, endOffset, startSeconds, endSeconds } of plan.segments) {
    const seconds = endSeconds - startSeconds;
    if (seconds >= 1) peak = Math.max(peak, ((endOffset - startOffset) * 8) / seconds);
  }
  return { bandwidth: peak + PACKING_BIT_RATE, averageBandwidth: average + PACKING_BIT_RATE };
}

/**
 * What has not been encoded yet is bounded by the encoder's rate control: in any stretch of time it spends its peak and what it had laid by. The
 * peak is taken over half the target duration at least (RFC 8216 §1.2, "peak segment bit rate").
 */
export function encodedBandwidths(target: VideoTarget, plan: SegmentPlan, audioBitRate: number): Bandwidths {
  const shortest = Math.max(
    plan.targetDurationSeconds / 2,
    plan.segments[0] ? lengthOf(plan.segments[0]) : 0,
  );
  const peak = target.maxBitRate * (1 + RATE_BUFFER_SECONDS / shortest);
  return {
    bandwidth: peak + audioBitRate + PACKING_BIT_RATE,
    averageBandwidth: USUAL_SHARE_OF_PEAK * target.maxBitRate + audioBitRate + PACKING_BIT_RATE,
  };
}

/** All variants share one audio group, so its largest rendition counts; 0 without sound. */
export function highestAudioBitRate(
  tracks: readonly (Pick<AudioStream, 'bitRate'> & { target: AudioTarget | undefined })[],
): number {
  const rates = tracks.map(({ bitRate, target }) => target?.bitRate ?? bitRate ?? USUAL_AUDIO_BIT_RATE);
  return Math.max(0, ...rates);
}

function lengthOf({ startSeconds, endSeconds }: { startSeconds: number; endSeconds: number }): number {
  return endSeconds - startSeconds;
}
