/**
 * Matroska rounds its timestamps, to milliseconds as a rule. Frames lie on an exact grid of their codec or frame rate, which can be found again:
 * then segments of fMP4 and MPEG-TS join without gaps, and decoders see no jitter.
 */
export interface Grid {
  /** Film time of one of its points, seconds. */
  anchorSeconds: number;
  stepSeconds: number;
}

/** Rounding of the frame and of the anchor, half a millisecond each, and a little for floating point. */
const TOLERANCE_SECONDS = 0.001_05;

/** The grid's point nearest to a time, when the time can be it; else the time as it is. */
export function snap(seconds: number, grid: Grid | null): number {
  if (!grid) return seconds;
  const point =
    grid.anchorSeconds + Math.round((seconds - grid.anchorSeconds) / grid.stepSeconds) * grid.stepSeconds;
  return Math.abs(point - seconds) <= TOLERANCE_SECONDS ? point : seconds;
}

/** The point's number when the time can be one; else null. */
export function gridIndex(seconds: number, grid: Grid): number | null {
  const index = Math.round((seconds - grid.anchorSeconds) / grid.stepSeconds);
  const point = grid.anchorSeconds + index * grid.stepSeconds;
  return Math.abs(point - seconds) <= TOLERANCE_SECONDS ? index : null;
}

/**
 * The grid of a constant frame rate that DefaultDuration claims. Whole rates and those of NTSC (n/1.001) are taken as exact: a nanosecond per
 * frame would grow to a millisecond in some hours.
 */
export function videoGrid(defaultDuration: number | null): Grid | null {
  if (!defaultDuration || defaultDuration < MIN_STEP_NS) return null;
  const rate = 1e9 / defaultDuration;
  const whole = Math.round(rate);
  const ntsc = Math.round(rate * 1.001) / 1.001;
  const exact = [whole, ntsc].find((known) => Math.abs(known - rate) / rate < 2e-6) ?? rate;
  return { anchorSeconds: 0, stepSeconds: 1 / exact };
}

/** Above 240 frames a second neighbours could be mistaken for each other. */
const MIN_STEP_NS = 4_000_000;
