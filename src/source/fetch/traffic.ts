import type { ByteRange } from './byte-range.ts';
import { type Demand, wake } from './demand.ts';
import { superseded } from './endings.ts';
import type { Flight } from './flight.ts';

/** What is on its way and who wants it: the flights, the readers' demands and the hint, and how they bear on each other. */
export class Traffic {
  readonly flights = new Set<Flight>();
  readonly demands = new Set<Demand>();
  hint: ByteRange | null = null;

  /** The flight that will bring the byte at `offset`; its end lies behind that byte. A spool brings every byte, the lost ones too. */
  flightAt(offset: number): Flight | undefined {
    for (const flight of this.flights) {
      if (offset < flight.end && (flight.isSpool || flight.position <= offset)) return flight;
    }
    return undefined;
  }

  /** Where the first flight at or after `offset` is; `Infinity` when there is none. */
  nextFlight(offset: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const flight of this.flights) {
      if (flight.position >= offset && flight.remaining > 0) next = Math.min(next, flight.position);
    }
    return next;
  }

  /** A hint's flight that no reader waits for: the first to go when places are short. */
  spareFlight(): Flight | undefined {
    return [...this.flights].find((flight) => flight.hint && !this.#isRead(flight));
  }

  /** Cancels the flights in a range that neither a reader nor the hint wants any more and that have more than `briefBytes` to go. */
  dropUnwanted(start: number, end: number, briefBytes: number): void {
    for (const flight of this.flights) {
      if (flight.isSpool || flight.remaining <= briefBytes || !overlaps(flight, start, end)) continue;
      if (!this.#isRead(flight) && !this.#isHinted(flight)) flight.cancel(superseded());
    }
  }

  /** Hints leave the link to readers whose bytes are arriving; `all` are held back while the disk is behind. */
  holdBack(all: boolean): void {
    let readersReceive = false;
    const spare: Flight[] = [];
    for (const flight of this.flights) {
      if (flight.hint && !this.#isRead(flight)) {
        spare.push(flight);
        continue;
      }
      flight.hold(all);
      if (flight.isReceiving && flight.remaining > 0) readersReceive = true;
    }
    for (const flight of spare) flight.hold(all || readersReceive);
  }

  /** Tells the readers that counted on a flight that the rest of it does not come. */
  fail(flight: Flight, error: Error): void {
    const failure = { position: flight.position, error };
    for (const demand of this.demands) {
      if (!overlaps(flight, demand.position, demand.window())) continue;
      if (!demand.failure || demand.failure.position > failure.position) demand.failure = failure;
      wake(demand);
    }
  }

  #isHinted(flight: Flight): boolean {
    return this.hint !== null && overlaps(flight, this.hint.start, this.hint.end);
  }

  #isRead(flight: Flight): boolean {
    for (const demand of this.demands) if (overlaps(flight, demand.position, demand.window())) return true;
    return false;
  }
}

function overlaps(flight: Flight, start: number, end: number): boolean {
  return flight.position < end && flight.end > start;
}
