import type { ByteSource } from '../../source/byte-source.ts';

interface Piece {
  start: number;
  bytes: Uint8Array;
}

/**
 * The bytes of one span, streamed from the source in one request as far as they are asked for, and kept until all who read the span have left.
 * Samples are then cut from memory: reading each by itself would cost a request or a system call each.
 */
export class SpanWindow {
  readonly start: number;
  #end: number;
  readonly #source: ByteSource;
  readonly #controller = new AbortController();
  readonly #pieces: Piece[] = [];
  #stream: AsyncIterator<Uint8Array> | null = null;
  #streamEnd: number;
  #filled: number;
  #pulling: Promise<void> | null = null;

  constructor(source: ByteSource, start: number, end: number) {
    this.#source = source;
    this.start = start;
    this.#end = end;
    this.#streamEnd = start;
    this.#filled = start;
  }

  holds(start: number, end: number): boolean {
    return start >= this.start && end <= this.#end;
  }

  extendTo(end: number): void {
    this.#end = Math.max(this.#end, end);
  }

  get isClosed(): boolean {
    return this.#controller.signal.aborted;
  }

  /** Bytes the window holds (`holds`); fewer where the file ends. Rejects with the reason of `close`, if that comes first. */
  async read(start: number, end: number): Promise<Uint8Array> {
    while (this.#filled < end && this.#filled < this.#end) {
      this.#pulling ??= this.#pull().finally(() => {
        this.#pulling = null;
      });
      await this.#pulling;
      // Closing threw the pieces away: what is left is not what was asked for.
      this.#controller.signal.throwIfAborted();
    }
    return this.#cut(start, Math.min(end, this.#filled));
  }

  close(reason: unknown): void {
    this.#controller.abort(reason);
    this.#pieces.length = 0;
    // What the source rejects with now concerns nobody any more.
    this.#stream?.return?.()?.catch(() => {});
  }

  async #pull(): Promise<void> {
    if (!this.#stream) {
      this.#streamEnd = this.#end;
      const stream = this.#source.stream(this.#filled, this.#streamEnd, this.#controller.signal);
      this.#stream = stream[Symbol.asyncIterator]();
    }
    const { done, value } = await this.#stream.next();
    if (done) {
      this.#stream = null;
      if (this.#filled < this.#streamEnd) this.#end = this.#filled;
      return;
    }
    this.#pieces.push({ start: this.#filled, bytes: value });
    this.#filled += value.length;
  }

  #cut(start: number, end: number): Uint8Array {
    let low = 0;
    let high = this.#pieces.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#pieces[middle]?.start ?? 0) <= start) low = middle;
      else high = middle - 1;
    }
    const parts: Uint8Array[] = [];
    for (let i = low; i < this.#pieces.length; i++) {
      const piece = this.#pieces[i];
      if (!piece || piece.start >= end) break;
      parts.push(piece.bytes.subarray(Math.max(0, start - piece.start), end - piece.start));
    }
    const [only] = parts;
    return parts.length === 1 && only ? only : Buffer.concat(parts);
  }
}
