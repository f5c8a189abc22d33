/** When something is shown: seconds; of what a session hands out, on the film clock. */
export interface CueTimes {
  startSeconds: number;
  endSeconds: number;
}

/** One line of dialogue, or a few, and when they are shown. */
export interface Cue extends CueTimes {
  /** WebVTT cue text (W3C WebVTT §4.2.2): escaped, with no markup but WebVTT's own. */
  text: string;
  /** WebVTT cue settings, checked; empty for none. */
  settings: string;
}

/** Half-open stretch of time, seconds. */
export interface TimeWindow {
  fromSeconds: number;
  toSeconds: number;
}

export const WHOLE_FILM: TimeWindow = { fromSeconds: 0, toSeconds: Number.POSITIVE_INFINITY };

/** A film of ten hours with a line a second has fewer; what animates letters one by one (ASS karaoke) may have more, and is cut there. */
export const MAX_CUES = 50_000;
/** Of one cue. A screen holds some hundred. */
export const MAX_CUE_CHARS = 4_000;

/** Whether something of the cue is shown within the window. */
export function isWithin({ startSeconds, endSeconds }: CueTimes, window: TimeWindow): boolean {
  return endSeconds > Math.max(0, window.fromSeconds) && startSeconds < window.toSeconds;
}
