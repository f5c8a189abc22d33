import type { FileHandle } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { type Piece, pieceCost } from './recent-pieces.ts';

export interface WriteTarget<C> {
  /** Writes adjacent pieces of one chunk; `offset` is the place of the first in the source. */
  write(chunk: C, buffers: Uint8Array[], offset: number): Promise<void>;
  stored(chunk: C, piece: Piece): void;
  /** The disk took none of these pieces. */
  refused(chunk: C, piece: Piece, error: unknown): void;
}

/** One write call takes at most this much. */
const BATCH_BYTES = 1024 * 1024;
/** With more than this waiting for the disk, the network is held back … */
const HIGH_WATER_BYTES = 4 * 1024 * 1024;
/** … until it is down to this. */
const LOW_WATER_BYTES = 1024 * 1024;

/** Writes pieces to disk behind the readers' backs, in order, many small ones in one call. */
export class WriteBehind<C> {
  readonly #target: WriteTarget<C>;
  #queue: { chunk: C; piece: Piece }[] = [];
  #bytes = 0;
  #running: Promise<void> | undefined;
  #drained: (() => void)[] = [];

  constructor(target: WriteTarget<C>) {
    this.#target = target;
  }

  /** Whether the disk is so far behind that nothing should be fetched. */
  get congested(): boolean {
    return this.#bytes > HIGH_WATER_BYTES;
  }

  push(chunk: C, piece: Piece): void {
    this.#queue.push({ chunk, piece });
    this.#bytes += pieceCost(piece);
    this.#running ??= this.#run();
  }

  /** Calls back once, when the disk has caught up. */
  onDrained(callback: () => void): void {
    this.#drained.push(callback);
  }

  /** Forgets what is not written yet and waits for the write under way. */
  async close(): Promise<void> {
    this.#queue = [];
    await this.#running;
  }

  async #run(): Promise<void> {
    // Let what the socket holds arrive first: one larger write is cheaper than many small ones.
    await setImmediate();
    while (this.#queue.length > 0) {
      const batch = this.#takeBatch();
      const live = batch.filter(({ piece }) => !piece.dropped);
      const first = live[0];
      if (first) {
        const buffers = live.map(({ piece }) => piece.data);
        try {
          await this.#target.write(first.chunk, buffers, first.piece.start);
          for (const { chunk, piece } of live) this.#target.stored(chunk, piece);
        } catch (error) {
          for (const { chunk, piece } of live) this.#target.refused(chunk, piece, error);
        }
      }
      this.#bytes = this.#queue.reduce((sum, { piece }) => sum + pieceCost(piece), 0);
      if (this.#bytes <= LOW_WATER_BYTES) for (const callback of this.#drained.splice(0)) callback();
    }
    this.#running = undefined;
  }

  /** Takes the head of the queue as far as it is one adjacent stretch of one chunk. Pieces given up are taken along as gaps end a batch. */
  #takeBatch(): { chunk: C; piece: Piece }[] {
    let count = 0;
    let bytes = 0;
    let end: number | undefined;
    const chunk = this.#queue[0]?.chunk;
    for (const { chunk: owner, piece } of this.#queue) {
      const adjacent = end === undefined || (piece.start === end && owner === chunk && !piece.dropped);
      if (!adjacent || bytes >= BATCH_BYTES) break;
      count += 1;
      bytes += piece.data.length;
      end = piece.start + piece.data.length;
    }
    return this.#queue.splice(0, count);
  }
}

/** Writes all buffers from `position` on, however many calls that takes. */
export async function writeAll(handle: FileHandle, buffers: Uint8Array[], position: number): Promise<void> {
  const total = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
  let { bytesWritten } = await handle.writev(buffers, position);
  if (bytesWritten === total) return;
  const whole = Buffer.concat(buffers);
  while (bytesWritten < total) {
    const rest = await handle.write(whole, bytesWritten, total - bytesWritten, position + bytesWritten);
    bytesWritten += rest.bytesWritten;
  }
}
