import type { IncomingHttpHeaders } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { RaffiError } from '../../errors.ts';
import type { BodyControl } from '../http/exchange.ts';
import { AttemptFailure } from '../http/failure.ts';
import type { HttpOrigin } from '../http/http-origin.ts';
import type { OriginAnswer } from '../http/interpret.ts';
import { type RetryPolicy, retryDelay } from '../http/retry.ts';
import type { ByteRange } from './byte-range.ts';
import type { LinkEstimate } from './link-estimate.ts';

/** Shorter bodies come in one burst and say nothing of the link's rate. */
const MIN_MEASURED_BYTES = 256 * 1024;

/** How a flight tells its owner what happens. */
export interface FlightOwner {
  readonly origin: HttpOrigin;
  readonly retry: RetryPolicy;
  /** Whether the source has ever answered: then failures to connect may pass. */
  opened(): boolean;
  readonly link: LinkEstimate;
  /** The head of an answer is there; its body may be a spool from now on. What it throws ends the flight. */
  answered(flight: Flight, answer: OriginAnswer, headers: IncomingHttpHeaders, url: URL): void;
  /** Bytes from `offset` on, new ones only. */
  received(flight: Flight, offset: number, data: Uint8Array): void;
  retried(): void;
}

/**
 * One run of bytes on its way from the origin: a request, and after a reset further ones from the next byte on. Spools when the
 * origin ignores ranges: then it is the whole file, and a new attempt skips what is there already.
 */
export class Flight {
  readonly #owner: FlightOwner;
  readonly #abort = new AbortController();
  #control: BodyControl | undefined;
  #held = false;
  #wasHeld = false;
  /** The next byte to arrive. */
  position: number;
  /** Where the flight ends; may be lowered while it flies. `Infinity` while a spool's length is unknown. */
  end: number;
  /** Whether the whole file comes in one body, as the origin ignores ranges. */
  isSpool: boolean;
  /** Whether the body of the current request has begun. */
  isReceiving = false;
  /** The hint it was started for; null for a reader's. Its start moves on with what has come, so that nothing is fetched twice for a guess. */
  readonly hint: ByteRange | null;
  /** Settles when the flight is over, however it ended. */
  done: Promise<void> = Promise.resolve();

  constructor(
    owner: FlightOwner,
    start: number,
    end: number,
    kind: { hint: ByteRange | null; isSpool: boolean },
  ) {
    this.#owner = owner;
    this.position = start;
    this.end = end;
    this.hint = kind.hint;
    this.isSpool = kind.isSpool;
  }

  get remaining(): number {
    return this.end - this.position;
  }

  /** Fetches everything. Rejects with a `RaffiError`, or with the reason given to `cancel`. */
  async run(): Promise<void> {
    const startedAt = performance.now();
    let failures = 0;
    while (this.position < this.end) {
      const before = this.position;
      try {
        await this.#attempt();
      } catch (thrown) {
        if (this.#abort.signal.aborted) throw this.#abort.signal.reason;
        if (this.position >= this.end) return;
        if (!(thrown instanceof AttemptFailure)) throw thrown;
        failures = this.position > before ? 1 : failures + 1;
        const waitMs = retryDelay(this.#owner.retry, {
          failure: thrown,
          count: failures,
          opened: this.#owner.opened(),
          elapsedMs: performance.now() - startedAt,
        });
        if (waitMs === null) throw thrown.error;
        this.#owner.retried();
        await this.#wait(waitMs);
      } finally {
        this.#control = undefined;
        this.isReceiving = false;
      }
    }
  }

  cancel(reason: unknown): void {
    this.#abort.abort(reason);
  }

  /** Everything before `offset` is still fetched, nothing from there on. */
  truncate(offset: number): void {
    this.end = Math.max(this.position, Math.min(this.end, offset));
    if (this.position >= this.end) this.#control?.stop();
  }

  /** Lets the origin wait (back-pressure) or go on. */
  hold(held: boolean): void {
    if (held === this.#held) return;
    this.#held = held;
    this.#wasHeld = true;
    if (held) this.#control?.pause();
    else this.#control?.resume();
  }

  async #wait(ms: number): Promise<void> {
    const { signal } = this.#abort;
    await delay(ms, undefined, { signal }).catch(() => {
      // The owner knows a flight that was given up by its reason.
      throw signal.reason;
    });
  }

  async #attempt(): Promise<void> {
    const startedAt = performance.now();
    let bodyAt = startedAt;
    const first = this.position;
    this.#wasHeld = this.#held;
    /** Offset of the next body byte; behind `position` while a restarted spool repeats itself. */
    let offset = this.isSpool ? 0 : this.position;
    let bodyEnd: number | null = null;
    let bodyStarted = false;
    const range = this.isSpool ? null : { start: this.position, end: this.end };
    try {
      await this.#owner.origin.fetch(
        range,
        {
          answer: (answer, headers, url, control) => {
            this.#control = control;
            if (this.#held) control.pause();
            const whole = answer.kind === 'whole' && this.position === 0;
            if (answer.kind === 'whole' && !this.isSpool && !whole) throw rangeIgnored();
            bodyAt = performance.now();
            this.#owner.link.answered(bodyAt - startedAt);
            this.#owner.answered(this, answer, headers, url);
            offset = answer.start;
            bodyEnd = answer.end;
            this.isReceiving = true;
          },
          data: (chunk) => {
            bodyStarted = true;
            const skip = Math.min(chunk.length, Math.max(0, this.position - offset));
            const room = Math.max(0, Math.min(chunk.length - skip, this.end - this.position));
            offset += chunk.length;
            if (room > 0) {
              const at = this.position;
              this.position += room;
              this.#owner.received(this, at, chunk.subarray(skip, skip + room));
            }
            // An origin that sends more than it was asked for, or a flight that was cut short.
            if (this.position >= this.end && (bodyEnd === null || offset < bodyEnd)) this.#control?.stop();
          },
        },
        this.#abort.signal,
      );
    } catch (thrown) {
      if (!bodyStarted && !this.isReceiving) throw thrown;
      throw brokenOff(thrown);
    }
    const bytes = this.position - first;
    if (bytes >= MIN_MEASURED_BYTES && !this.#wasHeld)
      this.#owner.link.received(bytes, performance.now() - bodyAt);
    // Where no length is told, the body's end is the file's; but not that of a repetition shorter than what is here already.
    if (bodyEnd === null && this.end === Number.POSITIVE_INFINITY && offset >= this.position)
      this.end = this.position;
    const missing = Math.min(bodyEnd ?? this.end, this.end) - this.position;
    // A part shorter than asked for is legal (RFC 9110 §15.3.7): the rest is asked for at once. A body shorter than announced is not.
    if (missing > 0) throw truncated();
  }
}

/** A body that ends early is told as such once trying again has not helped; time-outs and changes keep their own codes. */
function brokenOff(thrown: unknown): unknown {
  if (
    !(thrown instanceof AttemptFailure) ||
    thrown.error.code !== 'source_failed' ||
    thrown.retry === 'never'
  )
    return thrown;
  return truncated(thrown);
}

function truncated(cause?: unknown): AttemptFailure {
  const error = new RaffiError(
    'source_truncated',
    'The server ends the file before its announced length. Try again; if it happens again, the file on the server is incomplete.',
    { cause },
  );
  return new AttemptFailure(error, 'always');
}

function rangeIgnored(): AttemptFailure {
  const error = new RaffiError(
    'source_failed',
    'The server sends the whole file where a part was asked for, so seeking does not work. Try again or use another source.',
  );
  return new AttemptFailure(error, 'always');
}
