import { type RaffiError, toRaffiError } from '../../errors.ts';
import { Skips } from './skips.ts';

/** Starts at one place without a whole segment in between, before that place counts as not convertible. */
const MAX_ATTEMPTS = 3;
/** So long after a failure it is the answer. */
const FAILURE_COOLDOWN_MS = 20_000;

/** What is to be done when an encoder has died. */
export type Consequence =
  | { action: 'retry' }
  /** Encoders die at these segments, `[from, to)`, and work elsewhere: they are damaged. */
  | { action: 'skip'; from: number; to: number }
  /** No other is tried for a while, and this is why. */
  | { action: 'fail'; error: RaffiError };

/** How often an encoder was started in vain at one place, and what follows. */
export class Attempts {
  readonly #now: () => number;
  readonly #skips = new Skips();
  #segment = -1;
  #count = 0;
  #hasSucceeded = false;
  #failure: { error: RaffiError; at: number } | undefined;

  /** @param now milliseconds of a monotonic clock */
  constructor(now: () => number) {
    this.#now = now;
  }

  started(segment: number): void {
    if (this.#segment !== segment) this.#count = 0;
    this.#segment = segment;
    this.#count += 1;
  }

  /** A segment is whole. */
  succeeded(): void {
    this.#count = 0;
    this.#hasSucceeded = true;
    this.#skips.made();
  }

  /** An encoder has died. */
  failed(thrown: unknown): Consequence {
    if (this.#count < (this.#skips.isUnderWay ? 1 : MAX_ATTEMPTS)) return { action: 'retry' };
    const error = toRaffiError(thrown);
    const passed = error.code === 'encoder_failed' && this.#hasSucceeded ? this.#skips.next() : 0;
    if (passed > 0) {
      this.#count = 0;
      return { action: 'skip', from: this.#segment, to: this.#segment + passed };
    }
    this.#failure = { error, at: this.#now() };
    return { action: 'fail', error };
  }

  /** The failure that is still the answer. */
  recentFailure(): RaffiError | undefined {
    if (this.#failure && this.#now() - this.#failure.at > FAILURE_COOLDOWN_MS) {
      this.#failure = undefined;
      this.#count = 0;
    }
    return this.#failure?.error;
  }
}
