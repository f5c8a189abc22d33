/** Places in a row that an encoder died at, before the film counts as not convertible. With doubling steps they span 2^7 - 1 segments. */
const MAX_IN_ROW = 7;

/**
 * How far to go on behind a place that an encoder dies at: one segment, then two, four … as long as nothing comes of it. A damaged stretch is
 * passed in few attempts, however long it is.
 */
export class Skips {
  #inRow = 0;

  /** Whether the last place was passed over too: then a single attempt is enough to know. */
  get isUnderWay(): boolean {
    return this.#inRow > 0;
  }

  /** Segments to pass over; 0 when it is time to give up. */
  next(): number {
    if (this.#inRow >= MAX_IN_ROW) return 0;
    return 2 ** this.#inRow++;
  }

  /** A segment was made. */
  made(): void {
    this.#inRow = 0;
  }
}
