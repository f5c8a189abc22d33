const KIB = 1024;
const MIB = 1024 * KIB;
const BRIEF_MS = 100;

/** What is known of the way to the origin: how long a request takes to answer and how fast bytes come. Moving averages. */
export class LinkEstimate {
  #answerMs = 100;
  #bytesPerMs = 0;

  /** From a request's start to its answer, ms. */
  answered(elapsedMs: number): void {
    this.#answerMs += (elapsedMs - this.#answerMs) * 0.3;
  }

  received(bytes: number, elapsedMs: number): void {
    if (elapsedMs <= 0) return;
    const rate = bytes / elapsedMs;
    this.#bytesPerMs = this.#bytesPerMs === 0 ? rate : this.#bytesPerMs + (rate - this.#bytesPerMs) * 0.3;
  }

  /** Bytes that flow by while a request waits for its answer; while the rate is unknown, those of 80 Mb/s and 100 ms. */
  get #bytesPerAnswer(): number {
    return this.#bytesPerMs === 0 ? MIB : this.#bytesPerMs * this.#answerMs;
  }

  /** A sequential reader's next request is sent when this much of the running one is left, so that the link never idles. */
  get leadBytes(): number {
    return clamp(2 * this.#bytesPerAnswer, 512 * KIB, 8 * MIB);
  }

  /**
   * What the link brings in about a tenth of a second. So little is let finish when nobody wants it any more: a seek hardly notices, the
   * connection lives on, and no byte is asked for twice. Hints are followed in requests of this size.
   */
  get briefBytes(): number {
    return Math.round(clamp(BRIEF_MS * this.#bytesPerMs, 256 * KIB, 4 * MIB));
  }

  /** Bytes at most this far ahead of a running request are waited for: they are here sooner than by a request of their own. */
  get waitBytes(): number {
    return clamp(2 * this.#bytesPerAnswer, MIB, 16 * MIB);
  }
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
