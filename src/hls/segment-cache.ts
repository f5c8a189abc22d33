import { type ByteParts, sizeOf } from '../remux/byte-parts.ts';

/**
 * Produced segments in memory, least recently used first out. One per core, so that the budget bounds the core's memory
 * however many films are open.
 */
export class SegmentCache {
  readonly #budgetBytes: number;
  readonly #segments = new Map<string, ByteParts>();
  #sizeBytes = 0;

  /** @param budgetBytes What all segments together may take; a segment larger than this is never kept. */
  constructor(budgetBytes: number) {
    this.#budgetBytes = budgetBytes;
  }

  get(key: string): ByteParts | undefined {
    const parts = this.#segments.get(key);
    if (parts) {
      this.#segments.delete(key);
      this.#segments.set(key, parts);
    }
    return parts;
  }

  set(key: string, parts: ByteParts): void {
    this.delete(key);
    const sizeBytes = sizeOf(parts);
    if (sizeBytes > this.#budgetBytes) return;
    this.#segments.set(key, parts);
    this.#sizeBytes += sizeBytes;
    for (const oldest of this.#segments.keys()) {
      if (this.#sizeBytes <= this.#budgetBytes) break;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const parts = this.#segments.get(key);
    if (!parts) return;
    this.#segments.delete(key);
    this.#sizeBytes -= sizeOf(parts);
  }

  /** Drops every segment whose key begins with `prefix`. */
  deletePrefix(prefix: string): void {
    for (const key of [...this.#segments.keys()]) if (key.startsWith(prefix)) this.delete(key);
  }

  /** Bytes held under a prefix. */
  sizeBytes(prefix = ''): number {
    let total = 0;
    for (const [key, parts] of this.#segments) if (key.startsWith(prefix)) total += sizeOf(parts);
    return total;
  }
}
