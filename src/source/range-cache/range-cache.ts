import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { RangeSet } from '../range-set.ts';
import type { CacheBudget, Evictable } from './cache-budget.ts';
import { FilePool } from './file-pool.ts';
import { type Piece, RecentPieces } from './recent-pieces.ts';
import { WriteBehind, writeAll } from './write-behind.ts';

/**
 * The unit of eviction. A file per 4 MiB rather than one sparse file per film: Node cannot punch holes, so only removing a file
 * gives its disk space back. Which bytes of a chunk are there is known to the byte.
 */
export const DEFAULT_CHUNK_BYTES = 4 * 1024 * 1024;
/** What arrived last stays in memory up to this much per source. */
const MEMORY_BYTES = 8 * 1024 * 1024;
/** After the disk was full, it is tried again this much later. */
const DISK_RETRY_MS = 10_000;

export interface RangeCacheOptions {
  /** Belongs to this cache alone; made now, removed by `close()`. */
  folder: string;
  budget: CacheBudget;
  chunkBytes?: number | undefined;
}

/** Bytes of one source that were fetched: the newest in memory, all that the budget allows on disk. Knows nothing of networks. */
export class RangeCache {
  readonly #folder: string;
  readonly #budget: CacheBudget;
  readonly #chunkBytes: number;
  readonly #chunks = new Map<number, Chunk>();
  readonly #present = new RangeSet();
  readonly #onDisk = new RangeSet();
  readonly #pinned = new RangeSet();
  readonly #files = new FilePool();
  readonly #recent: RecentPieces;
  readonly #writer: WriteBehind<Chunk>;
  #pinnedBytes = 0;
  #pinAll = false;
  #serial = 0;
  #closed = false;
  #diskFullUntil = 0;
  /** The last reason why bytes could not be kept on disk. */
  #refusal: unknown;

  constructor({ folder, budget, chunkBytes = DEFAULT_CHUNK_BYTES }: RangeCacheOptions) {
    this.#folder = folder;
    this.#budget = budget;
    this.#chunkBytes = chunkBytes;
    const forget = (piece: Piece) => this.#present.remove(piece.start, piece.start + piece.data.length);
    this.#recent = new RecentPieces(MEMORY_BYTES, chunkBytes, forget);
    this.#writer = new WriteBehind<Chunk>({
      write: (chunk, buffers, offset) =>
        this.#files.use(chunk.path, (handle) => writeAll(handle, buffers, offset - chunk.start)),
      stored: (_chunk, piece) => this.#stored(piece),
      refused: (chunk, piece, error) => this.#refused(chunk, piece, error),
    });
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    } catch (error) {
      this.#diskIsFull(error);
    }
  }

  /** Bytes that can be read without fetching. */
  get cachedBytes(): number {
    return this.#present.sizeWithin(0, Number.POSITIVE_INFINITY);
  }

  /** Whether bytes were lost because the disk or the budget is full; what caused it. Undefined while all is well. */
  get refusal(): unknown {
    return this.#refusal;
  }

  /** Whether fetching should wait for the disk; see `onDrained`. */
  get congested(): boolean {
    return this.#writer.congested;
  }

  onDrained(callback: () => void): void {
    this.#writer.onDrained(callback);
  }

  has(offset: number): boolean {
    return this.#present.has(offset);
  }

  nextMissing(offset: number): number {
    return this.#present.nextMissing(offset);
  }

  nextPresent(offset: number): number {
    return this.#present.nextPresent(offset);
  }

  /** Takes over `data`, which must not be changed any more. Readable at once. Bytes that are there already are left as they are. */
  write(offset: number, data: Uint8Array): void {
    const end = offset + data.length;
    let at = this.#present.nextMissing(offset);
    while (at < end && !this.#closed) {
      const chunkEnd = (Math.floor(at / this.#chunkBytes) + 1) * this.#chunkBytes;
      const stop = Math.min(end, chunkEnd, this.#present.nextPresent(at));
      this.#add(at, data.subarray(at - offset, stop - offset));
      at = this.#present.nextMissing(stop);
    }
  }

  /** Bytes from `start` on that are in memory, without a copy: at least one, at most up to `end`; null when none are. Not to be changed. */
  peek(start: number, end: number): Uint8Array | null {
    const piece = this.#recent.at(start);
    if (!piece) return null;
    this.#touch(start);
    const { buffer, byteOffset, length } = piece.data;
    const from = start - piece.start;
    return new Uint8Array(buffer, byteOffset + from, Math.min(length, end - piece.start) - from);
  }

  /** Fills `target` with bytes from disk, as many as lie there in a row from `start` on. 0 when they are not there (any more). */
  async readInto(target: Uint8Array, start: number): Promise<number> {
    const chunk = this.#chunks.get(Math.floor(start / this.#chunkBytes));
    if (!chunk) return 0;
    const end = this.#storedUpTo(start, start + target.length);
    if (end <= start) return 0;
    this.#touch(start);
    try {
      const { bytesRead } = await this.#files.use(chunk.path, (handle) =>
        handle.read(target, 0, end - start, start - chunk.start),
      );
      if (bytesRead > 0) return bytesRead;
    } catch {
      // Handled below: a cache that cannot be read is a cache miss.
    }
    if (this.#chunks.get(chunk.index) === chunk) this.#giveUp(chunk);
    return 0;
  }

  /** Bytes from disk, from `start` on and at most up to `end`; null when none are there (any more). */
  async readStored(start: number, end: number): Promise<Uint8Array | null> {
    const stop = this.#storedUpTo(start, end);
    if (stop <= start) return null;
    // Not zeroed first: what the disk does not fill is cut off.
    const piece = new Uint8Array(Buffer.allocUnsafeSlow(stop - start).buffer);
    const length = await this.readInto(piece, start);
    return length > 0 ? piece.subarray(0, length) : null;
  }

  /** Keeps these bytes, once they are there, whatever the budget says. Ignored when half of the budget is pinned already. */
  pin(start: number, end: number): void {
    const fresh = end - start - this.#pinned.sizeWithin(start, end);
    if (fresh <= 0 || this.#closed || !this.#budget.reservePin(fresh)) return;
    this.#pinnedBytes += fresh;
    this.#pinned.add(start, end);
  }

  /** Keeps everything: for sources that cannot be asked twice. */
  pinAll(): void {
    this.#pinAll = true;
  }

  /** Gives back all disk space, memory and files. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const chunk of this.#chunks.values()) this.#budget.release(chunk);
    this.#budget.releasePin(this.#pinnedBytes);
    this.#chunks.clear();
    this.#present.remove(0, Number.POSITIVE_INFINITY);
    this.#onDisk.remove(0, Number.POSITIVE_INFINITY);
    this.#recent.clear();
    await this.#writer.close();
    await this.#files.close();
    // What cannot be removed now goes with the run's folder.
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => {});
  }

  /** Where what one file holds from `start` on ends, at most `end`. */
  #storedUpTo(start: number, end: number): number {
    const chunkEnd = (Math.floor(start / this.#chunkBytes) + 1) * this.#chunkBytes;
    return Math.min(end, this.#onDisk.nextMissing(start), chunkEnd);
  }

  #add(start: number, data: Uint8Array): void {
    const chunk = this.#chunkFor(start);
    const onDisk = Date.now() >= this.#diskFullUntil && this.#budget.charge(chunk, data.length);
    if (!onDisk) this.#refusal ??= new Error('The cache has no room');
    const piece: Piece = { start, data, state: onDisk ? 'pending' : 'volatile', dropped: false };
    this.#present.add(start, start + data.length);
    this.#recent.add(piece);
    if (onDisk) this.#writer.push(chunk, piece);
  }

  #chunkFor(offset: number): Chunk {
    const index = Math.floor(offset / this.#chunkBytes);
    const known = this.#chunks.get(index);
    if (known) return known;
    const start = index * this.#chunkBytes;
    // A name of its own for each time: on Windows a removed file keeps its name until its last handle is closed.
    this.#serial += 1;
    const chunk: Chunk = {
      index,
      start,
      path: path.join(this.#folder, `${index}-${this.#serial}.chunk`),
      isPinned: () => this.#pinAll || this.#pinned.intersects(start, start + this.#chunkBytes),
      evict: () => this.#giveUp(chunk),
    };
    this.#chunks.set(index, chunk);
    return chunk;
  }

  #touch(offset: number): void {
    const chunk = this.#chunks.get(Math.floor(offset / this.#chunkBytes));
    if (chunk) this.#budget.touch(chunk);
  }

  #giveUp(chunk: Chunk): void {
    this.#budget.release(chunk);
    this.#chunks.delete(chunk.index);
    this.#present.remove(chunk.start, chunk.start + this.#chunkBytes);
    this.#onDisk.remove(chunk.start, chunk.start + this.#chunkBytes);
    this.#recent.dropGroup(chunk.index);
    this.#files.discard(chunk.path);
  }

  #stored(piece: Piece): void {
    if (piece.dropped) return;
    piece.state = 'stored';
    this.#onDisk.add(piece.start, piece.start + piece.data.length);
    this.#recent.trim();
  }

  /** The disk is full: make room for next time, and keep these bytes in memory as long as that has room. */
  #refused(chunk: Chunk, piece: Piece, error: unknown): void {
    this.#diskIsFull(error);
    this.#budget.evictOldest(chunk);
    if (piece.dropped) return;
    piece.state = 'volatile';
    this.#recent.trim();
  }

  #diskIsFull(error: unknown): void {
    this.#refusal = error;
    this.#diskFullUntil = Date.now() + DISK_RETRY_MS;
  }
}

interface Chunk extends Evictable {
  readonly index: number;
  /** Offset in the source. */
  readonly start: number;
  readonly path: string;
}
