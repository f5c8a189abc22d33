/** `level_idc` (ITU-T H.264 table A-1): 41 is level 4.1. */
export type H264Level = 30 | 31 | 32 | 40 | 41 | 42 | 50 | 51 | 52;

/** MaxMBPS, MaxFS, MaxDpbMbs in macroblocks, MaxBR of the Main profile in kb/s (table A-1). */
const LEVELS: readonly (readonly [H264Level, perSecond: number, frame: number, dpb: number, kbps: number])[] =
  [
    [30, 40_500, 1620, 8100, 10_000],
    [31, 108_000, 3600, 18_000, 14_000],
    [32, 216_000, 5120, 20_480, 20_000],
    [40, 245_760, 8192, 32_768, 20_000],
    [41, 245_760, 8192, 32_768, 50_000],
    [42, 522_240, 8704, 34_816, 50_000],
    [50, 589_824, 22_080, 110_400, 135_000],
    [51, 983_040, 36_864, 184_320, 240_000],
    [52, 2_073_600, 36_864, 184_320, 240_000],
  ];

/** High profile may have a quarter more than Main (table A-2, cpbBrVclFactor 1250 to 1000). */
const HIGH_PROFILE_FACTOR = 1.25;
/** Frames that encoders keep to predict from: references, and B-frames that others refer to. */
const KEPT_FRAMES = 4;

export interface H264Stream {
  /** Pixels. */
  width: number;
  height: number;
  /** Frames per second. */
  frameRate: number;
  /** Peak, bits per second. */
  maxBitRate: number;
}

/** The lowest level of High profile that a stream keeps to; the highest there is where none does. */
export function h264Level({ width, height, frameRate, maxBitRate }: H264Stream): H264Level {
  const [across, down] = [Math.ceil(width / 16), Math.ceil(height / 16)];
  const frame = across * down;
  const found = LEVELS.find(([, perSecond, most, dpb, kbps]) => {
    const longestSide = Math.sqrt(8 * most); // §A.3.1 f and g
    return (
      frame <= most &&
      Math.max(across, down) <= longestSide &&
      frame * frameRate <= perSecond &&
      frame * KEPT_FRAMES <= dpb &&
      maxBitRate <= kbps * 1000 * HIGH_PROFILE_FACTOR
    );
  });
  return found?.[0] ?? 52;
}
