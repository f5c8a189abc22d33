import { type RaffiError, toRaffiError } from '../../errors.ts';

/** Starts at one place without a whole segment in between, before the film counts as not convertible there. */
const MAX_ATTEMPTS = 3;
/** So long after that the same failure is the answer. */
const FAILURE_COOLDOWN_MS = 20_000;

/** How often an encoder was started in vain at one place, and when that is enough. */
export class Attempts {
  readonly #now: () => number;
  #segment = -1;
  #count = 0;
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
  }

  /** An encoder died → why no other is tried for a while; undefined while it is worth another try. */
  failed(thrown: unknown): RaffiError | undefined {
    if (this.#count < MAX_ATTEMPTS) return undefined;
    const error = toRaffiError(thrown);
    this.#failure = { error, at: this.#now() };
    return error;
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
