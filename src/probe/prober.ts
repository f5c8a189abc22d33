import { type ErrorCode, isAbort, RaffiError, toRaffiError } from '../errors.ts';
import { SingleFlight } from '../single-flight.ts';
import { type Clock, systemClock } from './clock.ts';
import type { MediaInfo } from './media-info.ts';

export interface ProberOptions {
  /** One try: usually `probeWithFfprobe` of the session's source. */
  examine: (signal: AbortSignal) => Promise<MediaInfo>;
  clock?: Clock;
  /** Milliseconds for which a failure is the answer; absent: 20 s. */
  cooldownMs?: (error: RaffiError) => number;
}

/** What may be different a moment later. A refusal, a missing file or a file that is no film stays what it is. */
const TRANSIENT: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'source_unreachable',
  'source_timeout',
  'source_throttled',
  'source_failed',
  'source_truncated',
]);
const TRIES = 3;
const FIRST_BACKOFF_MS = 250;
/** An origin that asks for longer than this is not waited for: the cooldown covers it. */
const MAX_BACKOFF_MS = 5_000;
const COOLDOWN_MS = 20_000;

/**
 * Examines one session's film, once: all who ask share one probe, and its result for good (a film without chapters has none, and is not
 * asked again). A transient failure is retried with exponential back-off; after the last failure everyone gets that
 * failure for 20 s, then the next to ask starts anew.
 */
export class Prober {
  readonly #examine: ProberOptions['examine'];
  readonly #clock: Clock;
  readonly #cooldownMs: (error: RaffiError) => number;
  readonly #flight = new SingleFlight<MediaInfo>();
  #underWay: Promise<unknown> = Promise.resolve();
  #media: MediaInfo | undefined;
  #failure: { error: RaffiError; untilMs: number } | undefined;
  #closed = false;
  #runs = 0;
  #failures = 0;

  constructor({ examine, clock = systemClock, cooldownMs = () => COOLDOWN_MS }: ProberOptions) {
    this.#examine = examine;
    this.#clock = clock;
    this.#cooldownMs = cooldownMs;
  }

  /** The result, if it is there. */
  get known(): MediaInfo | undefined {
    return this.#media;
  }

  /** The last failure, until a probe succeeds. */
  get failure(): RaffiError | undefined {
    return this.#failure?.error;
  }

  /** Tries started, and how many of them failed (a cancelled one counts as neither). */
  get stats(): { runs: number; failures: number } {
    return { runs: this.#runs, failures: this.#failures };
  }

  /**
   * The film's description: known, being found out, or found out now. When `signal` fires only this caller leaves; the probe ends
   * when the last one has left.
   *
   * @throws what `examine` throws; during the cooldown the last failure, with `retryAfterSeconds`; the signal's reason; `aborted`
   * after `close()`.
   */
  async probe(signal?: AbortSignal): Promise<MediaInfo> {
    signal?.throwIfAborted();
    if (this.#closed) throw closed();
    if (this.#media) return this.#media;
    const restMs = (this.#failure?.untilMs ?? 0) - this.#clock.now();
    if (this.#failure && restMs > 0) throw cooling(this.#failure.error, restMs);
    return this.#flight.run('probe', (shared) => this.#start(shared), signal);
  }

  /** Ends a probe under way and waits for it. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#flight.abortAll(closed());
    await this.#underWay;
  }

  /** A new run waits for a cancelled one to be gone: never two processes for one session. */
  #start(signal: AbortSignal): Promise<MediaInfo> {
    const run = this.#underWay.then(() => this.#run(signal));
    this.#underWay = run.catch(() => {});
    return run;
  }

  async #run(signal: AbortSignal): Promise<MediaInfo> {
    for (let attempt = 1; ; attempt += 1) {
      signal.throwIfAborted();
      if (this.#media) return this.#media; // a cancelled run came through after all
      this.#runs += 1;
      try {
        this.#media = await this.#examine(signal);
        this.#failure = undefined;
        return this.#media;
      } catch (thrown) {
        if (signal.aborted || isAbort(thrown)) throw thrown;
        this.#failures += 1;
        const error = toRaffiError(thrown);
        const backoffMs = backoff(error, attempt);
        if (backoffMs === null) {
          this.#failure = { error, untilMs: this.#clock.now() + this.#cooldownMs(error) };
          throw error;
        }
        await this.#clock.sleep(backoffMs, signal);
      }
    }
  }
}

/** Milliseconds before the next try; null when there is none. */
function backoff(error: RaffiError, attempt: number): number | null {
  if (!TRANSIENT.has(error.code) || attempt >= TRIES) return null;
  const wishedMs = (error.retryAfterSeconds ?? 0) * 1000;
  if (wishedMs > MAX_BACKOFF_MS) return null;
  return Math.max(wishedMs, FIRST_BACKOFF_MS * 2 ** (attempt - 1));
}

function cooling(error: RaffiError, restMs: number): RaffiError {
  return new RaffiError(error.code, error.message, {
    cause: error,
    retryAfterSeconds: Math.ceil(restMs / 1000),
    data: error.data,
  });
}

function closed(): RaffiError {
  return new RaffiError('aborted', 'The session has ended.');
}
