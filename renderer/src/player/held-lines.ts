import type { Cue, TimeWindow } from '../../../src/subtitles/cue.ts';
import { isIn, within, withWindow } from './cue-windows.ts';

/** More than hours of dialogue have; what animates letters one by one (karaoke) is forgotten where it is not about to be shown. */
export const MAX_HELD = 4_000;

/** What becomes of a cue that is held, until it is forgotten. */
export interface LineMaker<Line> {
  make(cue: Cue): Line;
  drop(line: Line): void;
}

/** The lines of one track that are held, a bounded number, and the stretches of film of which all are. Film time. */
export class HeldLines<Line> {
  readonly #maker: LineMaker<Line>;
  readonly #held = new Map<string, { cue: Cue; line: Line }>();
  #loaded: readonly TimeWindow[] = [];

  constructor(maker: LineMaker<Line>) {
    this.#maker = maker;
  }

  get lines(): Line[] {
    return [...this.#held.values()].map(({ line }) => line);
  }

  /** In order, apart from one another. */
  get loaded(): readonly TimeWindow[] {
    return this.#loaded;
  }

  /** Whether what is due there is known. */
  hasAllAt(seconds: number): boolean {
    return this.#loaded.some((window) => isIn(window, seconds));
  }

  /**
   * False where there is no room for one more.
   *
   * @param kept of this stretch nothing is forgotten to make room
   */
  hold(cue: Cue, kept: TimeWindow): boolean {
    const { startSeconds, endSeconds, text, settings } = cue;
    // Neighbouring stretches both have what is shown in both.
    const key = `${startSeconds} ${endSeconds} ${settings} ${text}`;
    if (this.#held.has(key)) return true;
    if (this.#held.size >= MAX_HELD) this.#forgetBeyond(kept);
    if (this.#held.size >= MAX_HELD) return false;
    this.#held.set(key, { cue, line: this.#maker.make(cue) });
    return true;
  }

  /** All lines of this stretch are held. */
  hasLoaded(window: TimeWindow): void {
    if (window.toSeconds > window.fromSeconds) this.#loaded = withWindow(this.#loaded, window);
  }

  clear(): void {
    this.#forget(() => true);
    this.#loaded = [];
  }

  #forgetBeyond(kept: TimeWindow): void {
    this.#forget((cue) => cue.endSeconds < kept.fromSeconds || cue.startSeconds > kept.toSeconds);
    this.#loaded = within(this.#loaded, kept);
  }

  #forget(isOver: (cue: Cue) => boolean): void {
    for (const [key, { cue, line }] of this.#held) {
      if (!isOver(cue)) continue;
      this.#maker.drop(line);
      this.#held.delete(key);
    }
  }
}
