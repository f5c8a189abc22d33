import type { RangeCache } from '../range-cache/range-cache.ts';
import type { ByteRange } from './byte-range.ts';
import { type Demand, MIN_REQUEST_BYTES } from './demand.ts';
import type { Flight } from './flight.ts';
import type { LinkEstimate } from './link-estimate.ts';
import type { Traffic } from './traffic.ts';

/** Finds which bytes to ask for next: none that are cached or on their way. `sizeBytes` is the file's, of an origin that gives parts. */
export class NextRequest {
  readonly #cache: RangeCache;
  readonly #traffic: Traffic;
  readonly #link: LinkEstimate;

  constructor(cache: RangeCache, traffic: Traffic, link: LinkEstimate) {
    this.#cache = cache;
    this.#traffic = traffic;
    this.#link = link;
  }

  /** What a reader needs now; null when all of it is on its way. Cuts a request short that would bring the reader's next byte too late. */
  forReader(demand: Demand, sizeBytes: number): ByteRange | null {
    const limit = reach(demand, sizeBytes);
    let missing = this.#cache.nextMissing(demand.position);
    while (missing < limit) {
      const flight = this.#traffic.flightAt(missing);
      if (!flight) return this.#ofReader(demand, missing, limit, sizeBytes);
      if (this.#isTooFar(flight, demand, missing)) flight.truncate(missing);
      else if (flight.remaining > this.#link.leadBytes) return null;
      else missing = this.#behind(flight, missing);
    }
    return null;
  }

  /** What a hint needs now, in a brief request; null when all of it is cached or on its way. */
  forHint(hint: ByteRange, sizeBytes: number): ByteRange | null {
    const limit = Math.min(hint.end, sizeBytes);
    let missing = this.#cache.nextMissing(hint.start);
    while (missing < limit) {
      const flight = this.#traffic.flightAt(missing);
      if (!flight) return this.#cut(missing, Math.min(limit, missing + this.#link.briefBytes), sizeBytes);
      missing = this.#behind(flight, missing);
    }
    return null;
  }

  #ofReader(demand: Demand, missing: number, limit: number, sizeBytes: number): ByteRange | null {
    const wanted = demand.requestEnd(missing);
    // A request of a stream fits into its window, so that it never has to be held back half-way.
    if (missing > demand.position && wanted > limit && wanted < demand.end) return null;
    return this.#cut(missing, wanted, sizeBytes);
  }

  /** The first byte at or behind a flight's end that is missing. Always ahead of `from`: a search that stood still would hold the whole core. */
  #behind(flight: Flight, from: number): number {
    return this.#cache.nextMissing(Math.max(from + 1, flight.end));
  }

  /** A request ends where bytes are cached or on their way. A small rest of a gap is taken along. */
  #cut(start: number, wanted: number, sizeBytes: number): ByteRange {
    const gapEnd = Math.min(sizeBytes, this.#cache.nextPresent(start), this.#traffic.nextFlight(start));
    return { start, end: wanted + MIN_REQUEST_BYTES >= gapEnd ? gapEnd : wanted };
  }

  /** Whether a reader would wait longer for this flight than for a request of its own. */
  #isTooFar(flight: Flight, demand: Demand, offset: number): boolean {
    const blocks = this.#cache.nextMissing(demand.position) === offset;
    return blocks && offset - flight.position > this.#link.waitBytes;
  }
}

/** Up to where a reader's bytes may be asked for: not past its window, nor past what could not be had. */
export function reach(demand: Demand, sizeBytes: number): number {
  return Math.min(demand.window(), sizeBytes, demand.failure?.position ?? sizeBytes);
}
