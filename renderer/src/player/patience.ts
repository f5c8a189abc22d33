/** What may still pass is told of when it has lasted this long, ms. */
const LONG_MS = 10_000;

/** Tells once of what fails again and again. Times of one clock, ms. */
export class Patience {
  #sinceMs: number | null = null;
  #isTold = false;

  /** An attempt that began then has failed. True when it is time to tell of it: once, until one succeeds. */
  failed(beganMs: number, nowMs: number): boolean {
    this.#sinceMs ??= beganMs;
    if (this.#isTold || nowMs - this.#sinceMs < LONG_MS) return false;
    this.#isTold = true;
    return true;
  }

  succeeded(): void {
    this.#sinceMs = null;
    this.#isTold = false;
  }
}
