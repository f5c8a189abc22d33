import { type Grid, gridIndex } from './timing.ts';

/**
 * Knows when a span's frames are all there, so that reading can stop without looking at what follows: with a constant frame rate each place of
 * the grid between the cuts holds one frame. A single frame beside the grid makes it give up, and the reader goes on to the next keyframe.
 */
export class Coverage {
  readonly #grid: Grid | null;
  readonly #first: number;
  readonly #end: number;
  readonly #seen = new Set<number>();
  #isRegular = true;

  /** @param endSeconds infinite when the span ends with the file */
  constructor(grid: Grid | null, startSeconds: number, endSeconds: number) {
    const first = grid && gridIndex(startSeconds, grid);
    const end = grid && Number.isFinite(endSeconds) ? gridIndex(endSeconds, grid) : null;
    this.#grid = first === null || end === null ? null : grid;
    this.#first = first ?? 0;
    this.#end = end ?? 0;
  }

  /** Takes in a frame's presentation time; true when the span is complete. */
  add(seconds: number): boolean {
    if (!this.#grid || !this.#isRegular) return false;
    const index = gridIndex(seconds, this.#grid);
    if (index === null || this.#seen.has(index)) {
      this.#isRegular = false;
      return false;
    }
    // Leading pictures of an open GOP lie before the cut and fill no place of this span.
    if (index >= this.#first && index < this.#end) this.#seen.add(index);
    return this.#seen.size === this.#end - this.#first;
  }
}
