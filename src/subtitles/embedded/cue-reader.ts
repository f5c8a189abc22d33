import { WorkBudget } from '../../probe/container-index/work-budget.ts';
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

/** What the text of one reading may come to, in bytes; the longest honest track (ASS, styled letter by letter) has a few million. */
const MAX_TEXT_BYTES = 32 * 1024 * 1024;
/** What a line costs besides its text. */
const LINE_BYTES = 256;

/** Bounds what one reading of a track takes in: a small file can list any number of lines, and compressed ones grow. */
export class TextBudget {
  readonly #bytes = new WorkBudget(MAX_TEXT_BYTES, 'The subtitles of this film hold absurdly much text.');

  /** @throws `media_damaged` */
  spendLine(textBytes: number): void {
    this.#bytes.spend(LINE_BYTES + textBytes);
  }
}
