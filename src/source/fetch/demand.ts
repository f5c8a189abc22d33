import { clamp } from './link-estimate.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

/** No request is smaller, except where the gap between cached bytes is: a round trip costs more than these bytes. */
export const MIN_REQUEST_BYTES = 64 * KIB;
/** A reader that goes on where the last one stopped gets as much ahead as it has read in a row, up to this. */
const MAX_READ_AHEAD_BYTES = MIB;
/** A stream whose end is no further away than this is fetched in one request. */
const WHOLE_STREAM_BYTES = 16 * MIB;
const MIN_STREAM_REQUEST_BYTES = MIB;
const MAX_STREAM_REQUEST_BYTES = 8 * MIB;
const MAX_STREAM_AHEAD_BYTES = 16 * MIB;

/** What one reader wants: the bytes from `position` to `end`, in order. */
export interface Demand {
  readonly start: number;
  readonly end: number;
  /** The next byte the reader has not got. It moves this itself. */
  position: number;
  /** Bytes before this may be fetched now: the bound of the read-ahead. */
  window(): number;
  /** Where a request that begins at `from` should end, before it is cut at what is there already. */
  requestEnd(from: number): number;
  /** Set by the fetcher when bytes of the window could not be fetched; thrown when the reader gets there. */
  failure?: { position: number; error: Error };
  /** Set while the reader waits for the byte at `position`. */
  wake?: () => void;
}

/** A read is wanted whole. `runBytes`: how many bytes were read in a row before `start`. */
export function readDemand(start: number, end: number, runBytes: number): Demand {
  const ahead = Math.min(runBytes, MAX_READ_AHEAD_BYTES);
  return {
    start,
    end,
    position: start,
    window: () => end,
    requestEnd: (from) => Math.max(end, from + Math.max(MIN_REQUEST_BYTES, ahead)),
  };
}

/**
 * A stream is wanted piece by piece. Its requests and its window grow with what the reader has really taken, so that one who only looks at
 * the beginning (ffprobe, a player that seeks away) leaves little behind. `maxAheadBytes` keeps the window inside a small cache.
 */
export function streamDemand(start: number, end: number, maxAheadBytes: number): Demand {
  const isShort = end - start <= Math.min(WHOLE_STREAM_BYTES, maxAheadBytes);
  const limit = Math.min(MAX_STREAM_AHEAD_BYTES, maxAheadBytes);
  const demand: Demand = {
    start,
    end,
    position: start,
    window() {
      const taken = demand.position - start;
      return isShort ? end : Math.min(end, demand.position + Math.min(limit, MIB + 2 * taken));
    },
    requestEnd(from) {
      if (isShort) return Math.max(end, from + MIN_REQUEST_BYTES);
      const taken = demand.position - start;
      const size = clamp(taken, MIN_STREAM_REQUEST_BYTES, MAX_STREAM_REQUEST_BYTES);
      return Math.min(end, from + Math.min(size, limit));
    },
  };
  return demand;
}

/** Tells how many bytes were read in a row before an offset, over the last few readers: probes and demuxers read in small steps. */
export class SequentialRuns {
  #runs: { end: number; bytes: number }[] = [];

  /** Notes a read of `[start, end)`; the length of the run that it goes on with, 0 when it begins a new one. */
  note(start: number, end: number): number {
    const index = this.#runs.findIndex((run) => start >= run.end && start - run.end <= MIN_REQUEST_BYTES);
    const before = index < 0 ? 0 : (this.#runs.splice(index, 1)[0]?.bytes ?? 0);
    this.#runs.unshift({ end, bytes: before + end - start });
    this.#runs.length = Math.min(this.#runs.length, 8);
    return before;
  }
}

/** Lets a reader that waits look again. */
export function wake(demand: Demand): void {
  const resolve = demand.wake;
  delete demand.wake;
  resolve?.();
}
