/** A piece of a cache that can be given up as a whole, such as one file. */
export interface Evictable {
  /** Pinned pieces are never given up. */
  isPinned(): boolean;
  /** Called by the budget when it has stopped counting the piece. */
  evict(): void;
  /** Kept for another time: nobody has its film open. */
  readonly isIdle?: boolean;
}

/**
 * The bytes that all sources of one core may keep on disk. What was used longest ago is given up first, whichever source it
 * belongs to.
 */
export class CacheBudget {
  /** Bytes, > 0. */
  readonly limitBytes: number;
  /** Bytes by entry; the map's order is the order of last use. */
  readonly #entries = new Map<Evictable, number>();
  #usedBytes = 0;
  #idleBytes = 0;
  #pinnedBytes = 0;

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Bytes that can be kept without giving up any of an open film. */
  get freeBytes(): number {
    return this.limitBytes - this.#usedBytes + this.#idleBytes;
  }

  /** Counts `bytes` more for `entry` and makes room for them. False, and nothing counted, when what is pinned leaves no room. */
  charge(entry: Evictable, bytes: number): boolean {
    this.touch(entry);
    while (this.#usedBytes + bytes > this.limitBytes) {
      if (!this.evictOldest(entry)) return false;
    }
    this.#entries.set(entry, (this.#entries.get(entry) ?? 0) + bytes);
    this.#usedBytes += bytes;
    if (entry.isIdle) this.#idleBytes += bytes;
    return true;
  }

  /** Marks an entry as used just now. */
  touch(entry: Evictable): void {
    const bytes = this.#entries.get(entry);
    if (bytes === undefined) return;
    this.#entries.delete(entry);
    this.#entries.set(entry, bytes);
  }

  /** Stops counting an entry. */
  release(entry: Evictable): void {
    const bytes = this.#entries.get(entry) ?? 0;
    this.#usedBytes -= bytes;
    if (entry.isIdle) this.#idleBytes -= bytes;
    this.#entries.delete(entry);
  }

  /** Gives up the entry used longest ago, other than `except`. False when every other one is pinned. */
  evictOldest(except?: Evictable): boolean {
    for (const entry of this.#entries.keys()) {
      if (entry === except || entry.isPinned()) continue;
      this.release(entry);
      entry.evict();
      return true;
    }
    return false;
  }

  /** Reserves room for pinned bytes: at most half of the budget, so that films can still be read. False when that is spent. */
  reservePin(bytes: number): boolean {
    if (this.#pinnedBytes + bytes > this.limitBytes / 2) return false;
    this.#pinnedBytes += bytes;
    return true;
  }

  releasePin(bytes: number): void {
    this.#pinnedBytes -= bytes;
  }
}
