/**
 * Tells when hls.js knows at what time the picture begins, for each of its clocks (`cc`, which a discontinuity begins anew). Sound that comes before that
 * is set aside by hls.js.
 */
export class PictureClock {
  readonly #known = new Set<number>();
  readonly #waiting = new Map<number, (() => void)[]>();

  found(cc: number): void {
    this.#known.add(cc);
    const waiting = this.#waiting.get(cc) ?? [];
    this.#waiting.delete(cc);
    for (const then of waiting) then();
  }

  /** Calls `then` once the clock is known: at once, or later, or never. */
  whenKnown(cc: number, then: () => void): void {
    if (this.#known.has(cc)) then();
    else this.#waiting.set(cc, [...(this.#waiting.get(cc) ?? []), then]);
  }
}
