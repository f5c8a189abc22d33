/**
 * Counts per key in windows of time, for limits. Holds at most `maxKeys` keys: past that the one whose window began first is forgotten, so
 * that nobody fills the memory with names.
 */
export class RateWindow {
  readonly #limit: number;
  readonly #windowMs: number;
  readonly #maxKeys: number;
  readonly #now: () => number;
  readonly #windows = new Map<string, { startMs: number; count: number }>();

  /** @param now milliseconds of a monotonic clock */
  constructor(options: { limit: number; windowMs: number; maxKeys?: number; now: () => number }) {
    this.#limit = options.limit;
    this.#windowMs = options.windowMs;
    this.#maxKeys = options.maxKeys ?? 1;
    this.#now = options.now;
  }

  /** Milliseconds until the key is within its limit again; 0 when it is now. */
  waitMs(key = ''): number {
    const window = this.#windows.get(key);
    if (!window || window.count < this.#limit) return 0;
    return Math.max(0, window.startMs + this.#windowMs - this.#now());
  }

  note(key = ''): void {
    const window = this.#windows.get(key);
    const nowMs = this.#now();
    if (window && nowMs - window.startMs < this.#windowMs) {
      window.count += 1;
      return;
    }
    // Put in anew, so that the map stays in the order of the windows' beginnings.
    this.#windows.delete(key);
    this.#windows.set(key, { startMs: nowMs, count: 1 });
    for (const oldest of this.#windows.keys()) {
      if (this.#windows.size <= this.#maxKeys) break;
      this.#windows.delete(oldest);
    }
  }
}
