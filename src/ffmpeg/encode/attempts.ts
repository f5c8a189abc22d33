import { type RaffiError, toRaffiError } from '../../errors.ts';
import { isKilled } from './killed.ts';
import { Skips } from './skips.ts';

/** Deaths of encoders that were started at one place, without a whole segment in between, before that place counts as not convertible. */
const MAX_DEATHS = 3;
/** Kills without a whole segment in between, before that is the answer. They tell nothing of a place, so they are many: the next one may do. */
const MAX_KILLS = 10;
/** So long after a failure it is the answer. */
const FAILURE_COOLDOWN_MS = 20_000;

/** What is to be done when an encoder has died. */
export type Consequence =
  | { action: 'retry' }
  /** Encoders die at these segments, `[from, to)`, and work elsewhere: they are damaged. */
  | { action: 'skip'; from: number; to: number }
  /** No other is tried for a while, and this is why. */
  | { action: 'fail'; error: RaffiError };

/** How often encoders that were started at one place have died, and what follows. One that was stopped for another place says nothing of its own. */
export class Attempts {
  readonly #now: () => number;
  readonly #skips = new Skips();
  #segment = -1;
  #deaths = 0;
  #kills = 0;
  #hasSucceeded = false;
  #failure: { error: RaffiError; at: number } | undefined;

  /** @param now milliseconds of a monotonic clock */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** A segment is whole. */
  succeeded(): void {
    this.#forget();
    this.#hasSucceeded = true;
    this.#skips.made();
  }

  /** An encoder that was started at this segment has died. */
  failed(segment: number, thrown: unknown): Consequence {
    if (isKilled(thrown)) {
      this.#kills += 1;
      return this.#kills < MAX_KILLS ? { action: 'retry' } : this.#fail(toRaffiError(thrown));
    }
    if (this.#segment !== segment) this.#deaths = 0;
    this.#segment = segment;
    this.#deaths += 1;
    if (this.#deaths < (this.#skips.isUnderWay ? 1 : MAX_DEATHS)) return { action: 'retry' };
    const error = toRaffiError(thrown);
    const passed = error.code === 'encoder_failed' && this.#hasSucceeded ? this.#skips.next() : 0;
    if (passed > 0) {
      this.#deaths = 0;
      return { action: 'skip', from: segment, to: segment + passed };
    }
    return this.#fail(error);
  }

  /** The failure that is still the answer. */
  recentFailure(): RaffiError | undefined {
    if (this.#failure && this.#now() - this.#failure.at > FAILURE_COOLDOWN_MS) {
      this.#failure = undefined;
      this.#forget();
    }
    return this.#failure?.error;
  }

  #fail(error: RaffiError): Consequence {
    this.#failure = { error, at: this.#now() };
    return { action: 'fail', error };
  }

  #forget(): void {
    this.#deaths = 0;
    this.#kills = 0;
  }
}
