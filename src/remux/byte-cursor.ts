import type { ByteSource } from '../source/byte-source.ts';

/** Beyond the expected end the source is asked for this much at a time: little is fetched that nobody wanted. */
const TAIL_BYTES = 1 << 20;
/** To skip more than this a new read is cheaper than to let the bytes pass. */
const JUMP_BYTES = 4 << 20;
const NOTHING = new Uint8Array(0);

/**
 * Reads a source forwards, a few bytes ahead of what is parsed. Bytes that lie in one piece of the stream are handed out without
 * copying. `close` ends the reading under way.
 */
export class ByteCursor {
  #bytes: Uint8Array = NOTHING;
  #at = 0;
  #pieces: AsyncIterator<Uint8Array> | null = null;
  #piecesEnd = 0;
  #fetchAt: number;
  readonly #source: ByteSource;
  readonly #expectedEnd: number;
  readonly #fileEnd: number;
  readonly #signal: AbortSignal | undefined;

  /** @param expectedEnd up to where the bytes will probably be wanted: one request to the source */
  constructor(source: ByteSource, start: number, expectedEnd: number, fileEnd: number, signal?: AbortSignal) {
    this.#source = source;
    this.#fetchAt = start;
    this.#expectedEnd = expectedEnd;
    this.#fileEnd = fileEnd;
    this.#signal = signal;
  }

  /** Offset in the file of the next byte. */
  get position(): number {
    return this.#fetchAt - this.available;
  }

  /** Bytes that can be had without waiting. */
  get available(): number {
    return this.#bytes.length - this.#at;
  }

  get fileEnd(): number {
    return this.#fileEnd;
  }

  /** Waits until `count` bytes are there; false when the file ends before. */
  async fill(count: number): Promise<boolean> {
    if (this.available >= count) return true;
    const parts = [this.#bytes.subarray(this.#at)];
    let size = this.available;
    while (size < count) {
      const piece = await this.#next();
      if (!piece) break;
      parts.push(piece);
      size += piece.length;
    }
    this.#bytes =
      parts.length === 2 && parts[0]?.length === 0 ? (parts[1] ?? NOTHING) : Buffer.concat(parts, size);
    this.#at = 0;
    return size >= count;
  }

  /** What is there, without consuming it. Valid for reading as long as anyone holds it. */
  peek(): Uint8Array {
    return this.#bytes.subarray(this.#at);
  }

  /** Consumes `count` bytes that `fill` has brought. */
  take(count: number): Uint8Array {
    const taken = this.#bytes.subarray(this.#at, this.#at + count);
    this.#at += count;
    return taken;
  }

  /** Goes on `count` bytes later. */
  async skip(count: number): Promise<void> {
    let left = count;
    while (left > this.available) {
      left -= this.available;
      this.#bytes = NOTHING;
      this.#at = 0;
      if (left > JUMP_BYTES) {
        await this.close();
        this.#fetchAt = Math.min(this.#fetchAt + left, this.#fileEnd);
        return;
      }
      const piece = await this.#next();
      if (!piece) return;
      this.#bytes = piece;
    }
    this.#at += left;
  }

  async close(): Promise<void> {
    const pieces = this.#pieces;
    this.#pieces = null;
    await pieces?.return?.();
  }

  async #next(): Promise<Uint8Array | null> {
    while (this.#fetchAt < this.#fileEnd) {
      if (!this.#pieces) {
        const expected = this.#fetchAt < this.#expectedEnd ? this.#expectedEnd : this.#fetchAt + TAIL_BYTES;
        this.#piecesEnd = Math.min(expected, this.#fileEnd);
        this.#pieces = this.#source
          .stream(this.#fetchAt, this.#piecesEnd, this.#signal)
          [Symbol.asyncIterator]();
      }
      const { done, value } = await this.#pieces.next();
      if (!done && value.length > 0) {
        this.#fetchAt += value.length;
        return value;
      }
      if (done) {
        this.#pieces = null;
        if (this.#fetchAt < this.#piecesEnd) return null;
      }
    }
    return null;
  }
}
