import { type ByteParts, sizeOf } from '../../remux/byte-parts.ts';
import { RangeCache, type RangeCacheOptions } from '../../source/range-cache/range-cache.ts';
import { MAX_SEGMENT_BYTES } from '../limits.ts';

/** Entries remembered; each is a few bytes. The bytes themselves are bounded by the cache's budget. */
const MAX_ENTRIES = 20_000;

/**
 * Segments that were fetched, so that a seek back costs no second fetch: on disk, within the budget that all films share. The range cache holds
 * one source of bytes; here each segment has a stretch of its own in it, larger than any segment is.
 */
export class SegmentStore {
  readonly #cache: RangeCache;
  readonly #entries = new Map<string, { offset: number; sizeBytes: number }>();
  #serial = 0;

  constructor(options: RangeCacheOptions) {
    this.#cache = new RangeCache(options);
  }

  get cachedBytes(): number {
    return this.#cache.cachedBytes;
  }

  /** All bytes of a segment; null when they are not (or no longer) there. */
  async get(key: string): Promise<ByteParts | null> {
    const entry = this.#entries.get(key);
    if (!entry) return null;
    const end = entry.offset + entry.sizeBytes;
    const parts: Uint8Array[] = [];
    for (let position = entry.offset; position < end; ) {
      const piece = this.#cache.peek(position, end) ?? (await this.#cache.readStored(position, end));
      if (!piece) {
        this.#entries.delete(key);
        return null;
      }
      parts.push(piece);
      position += piece.length;
    }
    return parts;
  }

  set(key: string, parts: ByteParts): void {
    const sizeBytes = sizeOf(parts);
    if (this.#entries.has(key) || sizeBytes > MAX_SEGMENT_BYTES) return;
    const offset = this.#serial * MAX_SEGMENT_BYTES;
    this.#serial += 1;
    let position = offset;
    for (const part of parts) {
      this.#cache.write(position, part);
      position += part.length;
    }
    this.#entries.set(key, { offset, sizeBytes });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= MAX_ENTRIES) break;
      this.#entries.delete(oldest);
    }
  }

  close(): Promise<void> {
    this.#entries.clear();
    return this.#cache.close();
  }
}
