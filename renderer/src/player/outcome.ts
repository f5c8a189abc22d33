import type { EncoderHealth } from '../../../src/ffmpeg/encode/encoders/encoders.ts';
import type { PlaybackDecision } from '../../../src/plan/types.ts';
import { channelName, codecName } from './tracks.ts';

type DecidedTrack = PlaybackDecision['audio'][number] | NonNullable<PlaybackDecision['video']>;

/** What becomes of a track in fragments, as the details panel says it. */
export function trackOutcome({ action, target }: DecidedTrack, canEncode: boolean): string {
  if (action === 'copy') return 'copied';
  if (!canEncode || target === undefined) return 'not playable here';
  const become = `converted to ${codecName(target.codec)}`;
  if (target.codec === 'aac') return `${become} ${channelName(target.channels, null).toLowerCase()}`;
  const extras = [target.deinterlace && 'deinterlaced', target.toneMap && 'HDR to SDR'];
  return [`${become} ${target.width}×${target.height}`, ...extras.filter((extra) => extra !== false)].join(
    ', ',
  );
}

/** What is being converted while a film plays from fragments; the picture, which takes longer, before the sound. */
export function convertedKind(
  decision: PlaybackDecision | undefined,
  audioIndex: number,
): 'picture' | 'sound' | null {
  if (decision?.video?.action === 'transcode') return 'picture';
  return decision?.audio[audioIndex]?.action === 'transcode' ? 'sound' : null;
}

/** Which encoder pictures get, and which were refused and why; nothing before that was found out. */
export function encoderNotes({ used, realTime, refused }: EncoderHealth): string[] {
  const speed = realTime === null ? '' : `, 1080p at ${realTime.toFixed(1)} × real time`;
  const known = realTime !== null || refused.length > 0;
  return [
    ...(known ? [`Pictures are encoded with ${used}${speed}.`] : []),
    ...refused.map(({ reason }) => `Not used: ${reason}`),
  ];
}
