import type { MediaInfo } from '../probe/media-info.ts';
import { VIDEO_TIMESCALE } from './cmaf-init.ts';

/**
 * How many times longer than the average frame one may well be shown: where the rate is variable, and where the file says it is constant
 * (Matroska's DefaultDuration may be the author's wish).
 */
const VARIABLE_RATE_FACTOR = 4;
const CONSTANT_RATE_FACTOR = 2;
const FALLBACK_RATE = 24;

/**
 * How far a frame's presentation may lie behind its turn in the order of presentation, in ticks of the video rendition: the frames of
 * reordering, at the rate they are shown. Too small, some composition offsets become negative; too large does no harm.
 */
export function compositionDelayOf({ video }: Pick<MediaInfo, 'video'>): number {
  const [stream] = video;
  if (!stream) return 0;
  const isConstant = stream.frameRate !== null && stream.frameRate === stream.baseFrameRate;
  const frames = stream.reorderDepth * (isConstant ? CONSTANT_RATE_FACTOR : VARIABLE_RATE_FACTOR);
  return Math.round((frames / (stream.frameRate ?? FALLBACK_RATE)) * VIDEO_TIMESCALE);
}
