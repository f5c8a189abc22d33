import { RaffiError } from '../../errors.ts';
import type { Cue, TimeWindow } from '../cue.ts';

/** Reads the cues of one text track of a film. Stateless for its callers: any window, any number at once. */
export interface CueReader {
  /**
   * Every cue that begins within the window, and of those before it what is cheap to find. In file order, film time, in batches as bytes arrive; an
   * empty batch says only that reading goes on.
   *
   * Rejects with what the source rejects with, `media_damaged`, or the signal's reason.
   */
  cues(window: TimeWindow, signal: AbortSignal): AsyncIterable<readonly Cue[]>;
}

/** A cue whose writer did not say when it ends is shown so long. */
export const UNKNOWN_DURATION_SECONDS = 4;

export function tooManyCues(): RaffiError {
  return new RaffiError(
    'media_damaged',
    'The subtitles of this film hold absurdly many lines. Try another track, or add a subtitle file.',
  );
}
