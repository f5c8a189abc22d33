import type { VideoStream } from '../probe/media-info.ts';
import { parseCodecString } from './codec-match.ts';
import { type EncoderSpeed, encoderLimits, type X264Preset } from './encoder-limits.ts';
import { h264Level } from './h264-level.ts';
import type { Capabilities, VideoTarget } from './types.ts';

/** Where a client's decoder bears less than the picture would need, the next of these that it does. */
const SMALLER_HEIGHTS = [1440, 1080, 720, 480, 360, 240];
/** Of a client that says nothing of itself: more than that many lines of H.264 is beyond many a television. */
const UNTOLD_HEIGHT = 1080;
/** Of films that do not tell, frames per second. */
const USUAL_FRAME_RATE = 25;
/** From here on a film is fast: every picture of it moves less, so half as many bits more do for twice as many. */
const FAST_FRAME_RATE = 32;

/** Peaks in bits per second at film's rate, by the picture's area: what streaming services give H.264, and half as much again for scenes that need it. */
const PEAKS: readonly (readonly [pixels: number, bitsPerSecond: number])[] = [
  [426 * 240, 1_000_000],
  [640 * 360, 1_600_000],
  [854 * 480, 2_500_000],
  [1280 * 720, 5_000_000],
  [1920 * 1080, 10_000_000],
  [2560 * 1440, 18_000_000],
];
const HIGHEST_PEAK = 35_000_000;

/** How many seconds at its peak an encoder may lay by and spend at once (ITU-T H.264 annex C): what a segment of a second may be too large by. */
export const RATE_BUFFER_SECONDS = 1;

/** How a picture is encoded for a client: never larger than it is, than the client shows and decodes, or than is encoded in real time. */
export function videoTarget(
  stream: VideoStream,
  capabilities: Capabilities | undefined,
  speed: EncoderSpeed,
): VideoTarget {
  const { maxHeight, preset } = encoderLimits(stream, speed);
  const most = Math.min(maxHeight, capabilities?.maxHeight ?? UNTOLD_HEIGHT);
  const level = clientLevel(capabilities);
  const heights = [most, ...SMALLER_HEIGHTS.filter((height) => height < most)];
  const targets = heights.map((height) => targetWithin(stream, height, preset));
  const [smallest = targetWithin(stream, most, preset)] = targets.slice(-1);
  return targets.find((target) => target.level <= level) ?? smallest;
}

/** The picture scaled down into 16:9 of this height; one that is smaller stays as it is. */
export function targetWithin(stream: VideoStream, maxHeight: number, preset: X264Preset): VideoTarget {
  const shown = shownSize(stream);
  const scale = Math.min(1, maxHeight / shown.height, (maxHeight * 16) / 9 / shown.width);
  const width = even(shown.width * scale);
  const height = even(shown.height * scale);
  const frameRate = stream.frameRate ?? USUAL_FRAME_RATE;
  const peak = PEAKS.find(([pixels]) => width * height <= pixels)?.[1] ?? HIGHEST_PEAK;
  const maxBitRate = frameRate > FAST_FRAME_RATE ? 1.5 * peak : peak;
  return {
    codec: 'h264',
    width,
    height,
    level: h264Level({ width, height, frameRate, maxBitRate }),
    maxBitRate,
    preset,
    deinterlace: stream.isInterlaced,
    toneMap: stream.hdr !== null,
  };
}

/** The picture as it is to be seen: with square pixels and upright. */
export function shownSize(stream: VideoStream): { width: number; height: number } {
  const [num = 1, den = 1] = (stream.sampleAspectRatio ?? '1:1').split(':').map(Number);
  const aspect = num > 0 && den > 0 ? num / den : 1;
  const width = Math.max(2, stream.width) * aspect;
  const height = Math.max(2, stream.height);
  return stream.rotationDegrees % 180 === 0 ? { width, height } : { width: height, height: width };
}

/** The highest level of H.264 High that a client says it decodes; without a word of it, any. */
function clientLevel(capabilities: Capabilities | undefined): number {
  const HIGH_PROFILE = 100;
  const levels = (capabilities?.video ?? []).flatMap((codecString) => {
    const able = parseCodecString(codecString);
    const isHigh = able?.codec === 'h264' && (able.profile ?? HIGH_PROFILE) >= HIGH_PROFILE;
    return isHigh ? [able.level ?? Number.POSITIVE_INFINITY] : [];
  });
  return levels.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...levels);
}

/** 4:2:0 needs even sides. */
function even(pixels: number): number {
  return Math.max(2, 2 * Math.round(pixels / 2));
}
