import type { ByteSource } from '../source/byte-source.ts';

/** The source's own bytes for players that take the file as it is. Knows whether one is reading: a film of many hours is one request. */
export class DirectPlay {
  readonly #source: ByteSource;
  #readers = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  get isInUse(): boolean {
    return this.#readers > 0;
  }

  /** Bytes `[start, end)`. In use from the first piece asked for until the reader is done or leaves. */
  async *read(start: number, end: number, signal?: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    this.#readers += 1;
    try {
      yield* this.#source.stream(start, end, signal);
    } finally {
      this.#readers -= 1;
    }
  }
}
