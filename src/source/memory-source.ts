import type { ByteSource, SourceInfo, SourceStats } from './byte-source.ts';

/** Bytes that are here already, for whatever reads a film from a source. */
export class MemorySource implements ByteSource {
  readonly #bytes: Uint8Array;
  readonly #name: string;

  constructor(bytes: Uint8Array, name: string) {
    this.#bytes = bytes;
    this.#name = name;
  }

  async open(): Promise<SourceInfo> {
    return { sizeBytes: this.#bytes.length, name: this.#name, contentType: null };
  }

  async read(start: number, end: number): Promise<Uint8Array> {
    return this.#bytes.subarray(Math.max(0, start), Math.max(0, end));
  }

  async *stream(start: number, end: number): AsyncGenerator<Uint8Array, void, void> {
    yield await this.read(start, end);
  }

  prefetch(): void {}
  pin(): void {}

  stats(): SourceStats {
    return { requests: 0, fetchedBytes: 0, cachedBytes: this.#bytes.length, servedBytes: 0, retries: 0 };
  }

  async close(): Promise<void> {}
}
