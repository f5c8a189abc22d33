import type { IncomingHttpHeaders } from 'node:http';
import { toRaffiError } from '../../errors.ts';
import type { HttpOrigin } from '../http/http-origin.ts';
import type { OriginAnswer } from '../http/interpret.ts';
import type { RetryPolicy } from '../http/retry.ts';
import type { RangeCache } from '../range-cache/range-cache.ts';
import type { ByteRange } from './byte-range.ts';
import { type Demand, wake } from './demand.ts';
import { Cancelled, isFatal, spoolTooLarge, superseded } from './endings.ts';
import { Flight, type FlightOwner } from './flight.ts';
import { LinkEstimate } from './link-estimate.ts';
import { NextRequest, reach } from './next-request.ts';
import { Traffic } from './traffic.ts';

/** Requests of one source at the same time. */
const MAX_FLIGHTS = 6;
/** A hint is followed only while fewer requests than this are under way. */
const MAX_FLIGHTS_FOR_HINT = 4;
/** How often a flight's progress makes the fetcher think anew. */
const PUMP_EVERY_BYTES = 256 * 1024;

/** What the first answer tells. */
export interface FirstAnswer {
  sizeBytes: number;
  headers: IncomingHttpHeaders;
  url: URL;
}

/**
 * Decides which bytes are requested when: readers first, hints second, no byte that is cached or on its way. A reader waits for a running
 * request that will soon be where it reads; a request that nobody wants any more is cancelled, unless
 * its rest is brief.
 */
export class Fetcher implements FlightOwner {
  readonly origin: HttpOrigin;
  readonly retry: RetryPolicy;
  readonly link = new LinkEstimate();
  readonly #cache: RangeCache;
  readonly #traffic = new Traffic();
  readonly #next: NextRequest;
  /** The origin ignores ranges: there is one flight, for the whole file. */
  #isSpooled = false;
  #pendingFirst: { headers: IncomingHttpHeaders; url: URL } | undefined;
  #first: FirstAnswer | undefined;
  #onFirst: ((first: FirstAnswer) => void) | undefined;
  #openFailure: Error | undefined;
  /** Nothing more can be had from this source; what is cached can still be read. */
  #fatal: Error | undefined;
  #closedBy: Error | undefined;
  #draining = false;
  #unpumpedBytes = 0;
  fetchedBytes = 0;
  retries = 0;

  constructor(origin: HttpOrigin, cache: RangeCache, retry: RetryPolicy) {
    this.origin = origin;
    this.#cache = cache;
    this.retry = retry;
    this.#next = new NextRequest(cache, this.#traffic, this.link);
  }

  /** Fetches the head of the file and learns its size; the head goes on arriving after this resolves. */
  async open(headBytes: number, signal: AbortSignal): Promise<FirstAnswer> {
    if (this.#closedBy) throw this.#closedBy;
    const flight = this.#isSpooled ? this.#startSpool() : this.#start(0, headBytes);
    let onFirst: ((first: FirstAnswer) => void) | undefined;
    const answered = new Promise<FirstAnswer>((resolve) => {
      onFirst = resolve;
    });
    this.#onFirst = onFirst;
    const onAbort = () => flight.cancel(superseded());
    signal.addEventListener('abort', onAbort);
    try {
      const over = flight.done.then(() => {
        if (this.#first) return this.#first;
        throw this.#closedBy ?? (signal.aborted ? signal.reason : this.#openFailure);
      });
      return await Promise.race([answered, over]);
    } finally {
      signal.removeEventListener('abort', onAbort);
      // Who opens as the last opener leaves is waiting already.
      if (this.#onFirst === onFirst) this.#onFirst = undefined;
      this.#openFailure = undefined;
    }
  }

  /** How much of the file is here, 0 … 1; undefined where parts can be asked for, and while its size is unknown. */
  get spoolProgress(): number | undefined {
    const size = this.#first?.sizeBytes;
    return this.#isSpooled && size ? Math.min(1, this.#cache.nextMissing(0) / size) : undefined;
  }

  /** From now on the demand's bytes are fetched. Call `pump` whenever its position moved. */
  add(demand: Demand): void {
    this.#traffic.demands.add(demand);
    this.pump();
  }

  /** The reader is gone. `early`: before it had all its bytes, so requests that only it wanted are cancelled. Idempotent. */
  remove(demand: Demand, early: boolean): void {
    if (!this.#traffic.demands.delete(demand)) return;
    wake(demand);
    // A reader's own read-ahead outlives it only if it was content.
    if (early) this.#traffic.dropUnwanted(demand.position, demand.window(), this.link.briefBytes);
    this.pump();
  }

  /** Resolves when the byte at the demand's position is in the cache; rejects when it cannot be had. */
  async arrival(demand: Demand, signal?: AbortSignal): Promise<void> {
    while (!this.#cache.has(demand.position)) {
      signal?.throwIfAborted();
      if (this.#closedBy) throw this.#closedBy;
      if (this.#fatal) throw this.#fatal;
      if (demand.failure && demand.failure.position <= demand.position) throw demand.failure.error;
      await new Promise<void>((resolve) => {
        demand.wake = resolve;
        this.pump();
      });
    }
  }

  /** Replaces the hint. */
  prefetch(start: number, end: number): void {
    this.#traffic.hint = end > start ? { start, end } : null;
    this.pump();
  }

  /** Cancels everything; readers that wait are woken and reject with `reason`. */
  async close(reason: Error): Promise<void> {
    this.#closedBy ??= reason;
    for (const flight of this.#traffic.flights) flight.cancel(reason);
    for (const demand of this.#traffic.demands) demand.wake?.();
    await Promise.all([...this.#traffic.flights].map((flight) => flight.done));
  }

  /** Starts what is wanted and may be started now. Cheap when there is nothing to do. */
  pump(): void {
    const size = this.#first?.sizeBytes;
    this.#unpumpedBytes = 0;
    if (this.#closedBy || this.#fatal || size === undefined) return;
    for (const demand of this.#traffic.demands) this.#serve(demand, size);
    this.#serveHint(size);
    this.#traffic.holdBack(this.#draining);
  }

  opened(): boolean {
    return this.#pendingFirst !== undefined;
  }

  retried(): void {
    this.retries += 1;
  }

  answered(flight: Flight, answer: OriginAnswer, headers: IncomingHttpHeaders, url: URL): void {
    const isUnknown = answer.kind === 'whole' || answer.totalBytes === null;
    if (isUnknown && (flight.isSpool || !this.#first)) this.#becomeSpool(flight, answer);
    else if (answer.totalBytes !== null) flight.end = Math.min(flight.end, answer.totalBytes);
    this.#pendingFirst = { headers, url };
    if (answer.totalBytes !== null) this.#learnSize(answer.totalBytes);
  }

  received(flight: Flight, offset: number, data: Uint8Array): void {
    this.fetchedBytes += data.length;
    this.#cache.write(offset, data);
    if (flight.isSpool && this.#cache.refusal) throw spoolTooLarge(this.#cache.refusal);
    const end = offset + data.length;
    for (const demand of this.#traffic.demands) {
      if (demand.wake && demand.position >= offset && demand.position < end) wake(demand);
    }
    this.#unpumpedBytes += data.length;
    // Later, not now: a request must not be started inside undici's data callback.
    if (this.#unpumpedBytes >= PUMP_EVERY_BYTES) queueMicrotask(() => this.pump());
    if (this.#cache.congested) this.#waitForDisk();
  }

  #learnSize(sizeBytes: number): void {
    if (this.#first || !this.#pendingFirst) return;
    this.#first = { sizeBytes, ...this.#pendingFirst };
    this.#onFirst?.(this.#first);
  }

  /** The origin cannot be asked for parts: one body brings everything, and nothing of it may be given up. */
  #becomeSpool(flight: Flight, answer: OriginAnswer): void {
    flight.isSpool = true;
    // A length once told stays told: a later body without one that ends before it is cut short, not the whole file.
    flight.end = this.#first?.sizeBytes ?? answer.totalBytes ?? Number.POSITIVE_INFINITY;
    this.#isSpooled = true;
    this.#cache.pinAll();
  }

  #start(start: number, end: number, hint: ByteRange | null = null): Flight {
    const flight = new Flight(this, start, end, { hint, isSpool: this.#isSpooled });
    this.#traffic.flights.add(flight);
    flight.done = flight.run().then(
      () => {
        this.#traffic.flights.delete(flight);
        if (flight.isSpool) this.#learnSize(flight.end);
        if (flight.hint) flight.hint.start = Math.max(flight.hint.start, flight.end);
        this.pump();
      },
      (error: unknown) => {
        this.#traffic.flights.delete(flight);
        this.#failed(flight, error);
        this.pump();
      },
    );
    return flight;
  }

  #serve(demand: Demand, sizeBytes: number): void {
    if (this.#isSpooled) {
      const isMissing = this.#cache.nextMissing(demand.position) < reach(demand, sizeBytes);
      // A spool that broke off is started again by the first who needs more of it.
      if (isMissing && this.#traffic.flights.size === 0) this.#startSpool();
      return;
    }
    for (;;) {
      const request = this.#next.forReader(demand, sizeBytes);
      // Each round takes a place, and there are few.
      if (!request || !this.#makeRoom()) return;
      this.#start(request.start, request.end);
    }
  }

  #serveHint(sizeBytes: number): void {
    const { flights, hint } = this.#traffic;
    if (!hint || this.#isSpooled || flights.size >= MAX_FLIGHTS_FOR_HINT) return;
    // Only ever onwards: what was fetched and then evicted is not worth fetching again for a guess.
    hint.start = this.#cache.nextMissing(hint.start);
    if ([...flights].some((flight) => flight.hint)) return;
    const request = this.#next.forHint(hint, sizeBytes);
    if (request) this.#start(request.start, request.end, hint);
  }

  #startSpool(): Flight {
    const end = this.#first?.sizeBytes ?? Number.POSITIVE_INFINITY;
    return this.#start(this.#cache.nextMissing(0), end);
  }

  /** A free place for a reader's request, if need be a hint's. */
  #makeRoom(): boolean {
    if (this.#traffic.flights.size < MAX_FLIGHTS) return true;
    this.#traffic.spareFlight()?.cancel(superseded());
    return false;
  }

  #waitForDisk(): void {
    if (this.#draining) return;
    this.#draining = true;
    this.#cache.onDrained(() => {
      this.#draining = false;
      this.#traffic.holdBack(this.#draining);
      this.pump();
    });
    this.#traffic.holdBack(this.#draining);
  }

  #failed(flight: Flight, thrown: unknown): void {
    if (this.#closedBy) return;
    const error = thrown instanceof Error ? thrown : toRaffiError(thrown);
    if (!this.#first) this.#openFailure = error;
    if (error instanceof Cancelled) return;
    if (isFatal(error)) {
      this.#fatal = error;
      for (const demand of this.#traffic.demands) wake(demand);
      return;
    }
    if (flight.hint) {
      // Readers of these bytes make an attempt of their own.
      this.#traffic.hint = null;
      return;
    }
    this.#traffic.fail(flight, error);
  }
}
