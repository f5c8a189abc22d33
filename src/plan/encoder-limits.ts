import type { VideoStream } from '../probe/media-info.ts';

/** x264's presets that are fast enough to play by, best first. */
export type X264Preset = 'veryfast' | 'superfast' | 'ultrafast';

/** What a machine can make of a film's picture while it plays. */
export interface EncoderLimits {
  /** Lines of a 16:9 picture. */
  maxHeight: number;
  preset: X264Preset;
}

/** Of the encoder that will be used. */
export interface EncoderSpeed {
  /** How many times real time it encodes 1080p at 24 pictures a second, with `veryfast` where it is x264; null when nobody measured. */
  realTime: number | null;
  /** A graphics processor does it: presets mean nothing to it. */
  isHardware: boolean;
}

export const UNKNOWN_SPEED: EncoderSpeed = { realTime: null, isHardware: false };

/** Until something is known: what a small machine does. HDR is mostly 4K HEVC of 10 bits, which leaves it little for the rest. */
const USUAL: EncoderLimits = { maxHeight: 1080, preset: 'veryfast' };
const USUAL_TONE_MAPPED: EncoderLimits = { maxHeight: 720, preset: 'veryfast' };

/** What was measured: pixels of 1080p24 in a second. */
const MEASURED_PIXELS = 1920 * 1080 * 24;
/** So much faster than the film: a scene that is hard to encode, other programs, a browser that decodes beside it. */
const MARGIN = 1.3;
/** What the faster presets gain against `veryfast`: 1.6 and 3.7 measured on 1080p, less here, since the film is to be decoded all the same. */
const GAIN: Record<X264Preset, number> = { veryfast: 1, superfast: 1.4, ultrafast: 2 };
/** Work per pixel beyond encoding it, as a share of that. Of HDR mostly the decoding: 4K HEVC of 10 bits. */
const TONE_MAP_COST = 1.5;
const DEINTERLACE_COST = 0.3;
const USUAL_FRAME_RATE = 25;
const PRESETS: readonly X264Preset[] = ['veryfast', 'superfast', 'ultrafast'];
const UNHURRIED = PRESETS.slice(0, 1);
/** Nobody needs more lines than that at the cost of a worse preset. */
const FULL_HEIGHT = 1080;
const HEIGHTS = [2160, 1440, 1080, 720, 480, 360, 240];

/**
 * The largest picture that comes in time, with the best preset that lets it. At the edge a faster preset comes before fewer lines: `veryfast` in
 * 720p shows less of the film than `ultrafast` in 1080p.
 */
export function encoderLimits(
  stream: Pick<VideoStream, 'frameRate' | 'hdr' | 'isInterlaced'>,
  { realTime, isHardware }: EncoderSpeed,
): EncoderLimits {
  if (realTime === null) return stream.hdr === null ? USUAL : USUAL_TONE_MAPPED;
  const extra = (stream.hdr === null ? 0 : TONE_MAP_COST) + (stream.isInterlaced ? DEINTERLACE_COST : 0);
  for (const maxHeight of HEIGHTS) {
    const presets = isHardware || maxHeight > FULL_HEIGHT ? UNHURRIED : PRESETS;
    const pixels = ((maxHeight * maxHeight * 16) / 9) * (stream.frameRate ?? USUAL_FRAME_RATE);
    const needed = (preset: X264Preset) => MARGIN * pixels * (1 / GAIN[preset] + extra);
    const preset = presets.find((one) => needed(one) <= realTime * MEASURED_PIXELS);
    if (preset !== undefined) return { maxHeight, preset };
  }
  return { maxHeight: HEIGHTS.at(-1) ?? 240, preset: isHardware ? 'veryfast' : 'ultrafast' };
}
