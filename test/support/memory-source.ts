import { setImmediate } from 'node:timers/promises';
import type { ByteSource, SourceInfo, SourceStats } from '../../src/source/byte-source.ts';

/** A source over bytes in memory that arrive in small pieces, and counts what was taken from it. */
export class MemorySource implements ByteSource {
  /** Every stream opened, with how far it was read. */
  readonly streams: { start: number; end: number; taken: number; open: boolean }[] = [];
  /** Awaited before each piece; tests hold or fail reads with it. */
  gate: (offset: number, signal?: AbortSignal) => Promise<unknown> = () => setImmediate();
  readonly #bytes: Uint8Array;
  readonly #info: SourceInfo;
  readonly #pieceBytes: number;

  constructor(bytes: Uint8Array, options: { name?: string; sizeBytes?: number; pieceBytes?: number } = {}) {
    this.#bytes = bytes;
    this.#pieceBytes = options.pieceBytes ?? 16 * 1024;
    this.#info = {
      sizeBytes: options.sizeBytes ?? bytes.length,
      name: options.name ?? 'film.bin',
      contentType: null,
    };
  }

  get openStreams(): number {
    return this.streams.filter(({ open }) => open).length;
  }

  /** Distinct bytes taken. */
  get takenBytes(): number {
    const taken = new Uint8Array(this.#bytes.length);
    for (const { start, taken: length } of this.streams) taken.fill(1, start, start + length);
    return taken.reduce((sum, one) => sum + one, 0);
  }

  async open(signal?: AbortSignal): Promise<SourceInfo> {
    signal?.throwIfAborted();
    return this.#info;
  }

  async read(start: number, end: number, signal?: AbortSignal): Promise<Uint8Array> {
    await this.gate(start, signal);
    signal?.throwIfAborted();
    return this.#bytes.subarray(start, end);
  }

  async *stream(start: number, end: number, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    const record = { start, end, taken: 0, open: true };
    this.streams.push(record);
    try {
      const stop = Math.min(end, this.#bytes.length);
      for (let offset = start; offset < stop; offset += this.#pieceBytes) {
        await this.gate(offset, signal);
        signal?.throwIfAborted();
        const piece = this.#bytes.subarray(offset, Math.min(stop, offset + this.#pieceBytes));
        record.taken += piece.length;
        yield piece;
      }
    } finally {
      record.open = false;
    }
  }

  prefetch(): void {}
  pin(): void {}

  stats(): SourceStats {
    return { requests: this.streams.length, fetchedBytes: 0, cachedBytes: 0, servedBytes: 0, retries: 0 };
  }

  async close(): Promise<void> {}
}
