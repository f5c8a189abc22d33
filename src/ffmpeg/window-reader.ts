import { RaffiError } from '../errors.ts';
import type { ByteSource } from '../source/byte-source.ts';

/**
 * Reads a source for a client that takes it in windows, so that the origin is asked for each byte once and for little that is not used.
 *
 * - The first window at a new place is all that is asked for: a demuxer often looks at a few kilobytes and seeks away. If it
 *   does so in mid-window, the window is read to its end for the cache, since the demuxer mostly comes back.
 * - A request for the bytes right after it shows a sequential reader: from there on one long stream serves window after window, parked
 *   in between, so that no round trip is paid for each. It is given up at the first request elsewhere.
 */
export class WindowReader {
  readonly #source: ByteSource;
  readonly #windowBytes: number;
  readonly #lifetime = new AbortController();
  readonly #draining = new Set<Promise<void>>();
  /** Where the last window ended. */
  #next = -1;
  #parked: Reader | undefined;

  constructor(source: ByteSource, windowBytes: number) {
    this.#source = source;
    this.#windowBytes = windowBytes;
  }

  /** Where the window that begins at `start` ends. All but the first of a file end at multiples of the window, like cache blocks. */
  windowEnd(start: number, end: number): number {
    if (!Number.isFinite(this.#windowBytes)) return end;
    return Math.min(end, (Math.floor(start / this.#windowBytes) + 1) * this.#windowBytes);
  }

  /** The bytes `[start, windowEnd)` of a client that may go on to `end`. It may stop early, by `return()` or by `signal`. */
  async *read(
    start: number,
    windowEnd: number,
    end: number,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, void> {
    signal.throwIfAborted();
    const reader = this.#resume(start, windowEnd, end);
    const isShort = Number.isFinite(this.#windowBytes) && reader.end - start <= this.#windowBytes;
    const abort = () => reader.controller.abort(signal.reason);
    if (!isShort) signal.addEventListener('abort', abort, { once: true });
    let complete = false;
    try {
      while (reader.offset < windowEnd) {
        const piece = await nextPiece(reader);
        signal.throwIfAborted();
        const part = piece.subarray(0, windowEnd - reader.offset);
        reader.rest = part.length < piece.length ? piece.subarray(part.length) : undefined;
        reader.offset += part.length;
        yield part;
      }
      complete = true;
      this.#next = windowEnd;
    } finally {
      signal.removeEventListener('abort', abort);
      if (complete && reader.offset < reader.end && !signal.aborted) this.#park(reader);
      else if (isShort && !complete) this.#drain(reader);
      else await giveUp(reader);
    }
  }

  /** Ends all reading, also what a response under way waits for. */
  abort(): void {
    this.#lifetime.abort();
  }

  /** Ends all reading and waits until the source is left. Never rejects. */
  async release(): Promise<void> {
    this.abort();
    await Promise.all([this.#unpark(), ...this.#draining]);
  }

  #resume(start: number, windowEnd: number, end: number): Reader {
    const parked = this.#parked;
    if (parked?.offset === start && parked.end === end) {
      this.#parked = undefined;
      return parked;
    }
    void this.#unpark();
    const stop = start === this.#next ? end : windowEnd;
    const controller = new AbortController();
    const signal = AbortSignal.any([controller.signal, this.#lifetime.signal]);
    const pieces = this.#source.stream(start, stop, signal)[Symbol.asyncIterator]();
    return { offset: start, end: stop, pieces, rest: undefined, controller };
  }

  #park(reader: Reader): void {
    void this.#unpark();
    this.#parked = reader;
  }

  async #unpark(): Promise<void> {
    const parked = this.#parked;
    this.#parked = undefined;
    if (parked) await giveUp(parked);
  }

  #drain(reader: Reader): void {
    const drained = readToEnd(reader).finally(() => this.#draining.delete(drained));
    this.#draining.add(drained);
  }
}

interface Reader {
  offset: number;
  end: number;
  pieces: AsyncIterator<Uint8Array>;
  /** What of the last piece lies beyond the window. */
  rest: Uint8Array | undefined;
  controller: AbortController;
}

async function nextPiece(reader: Reader): Promise<Uint8Array> {
  const piece: Uint8Array | undefined = reader.rest ?? (await reader.pieces.next()).value;
  if (!piece) throw new RaffiError('source_truncated', 'The source ended before its own size.');
  return piece;
}

/** A failure here is nobody's: whoever needs the bytes will meet it. */
async function readToEnd(reader: Reader): Promise<void> {
  try {
    while (!(await reader.pieces.next()).done);
  } catch {
  } finally {
    await giveUp(reader);
  }
}

/** The signal ends a read that waits, `return()` one that is parked between two pieces. */
async function giveUp(reader: Reader): Promise<void> {
  reader.controller.abort();
  await reader.pieces.return?.().catch(() => {});
}
