import type { Parole } from './parole.ts';

/** The unit of requests between peers, bytes (BEP 3 as everybody speaks it). */
export const BLOCK_BYTES = 16 * 1024;

/** A piece on its way: which of its blocks are here, and who was asked for the others. `P` tells peers apart. */
export class PieceProgress<P> {
  readonly index: number;
  readonly blockCount: number;
  /** One peer at a time gives it: it was wrong before. */
  readonly parole: Parole<P> | null;
  readonly #bytes: Uint8Array;
  /** Who gave a block; null: it is not here. */
  readonly #givers: (P | null)[];
  /** Who was asked for a block, and when (milliseconds). */
  readonly #asked: Map<P, number>[];
  #missing: number;
  /** The first block that may still be missing and unasked. */
  #firstFree = 0;

  /** `bytes`: as long as the piece, whatever is in it; taken over. */
  constructor(index: number, bytes: Uint8Array, parole: Parole<P> | null = null) {
    this.index = index;
    this.parole = parole;
    this.blockCount = Math.ceil(bytes.length / BLOCK_BYTES);
    this.#bytes = bytes;
    this.#givers = new Array<P | null>(this.blockCount).fill(null);
    this.#asked = Array.from({ length: this.blockCount }, () => new Map());
    this.#missing = this.blockCount;
  }

  /** Blocks that are not here yet. */
  get missing(): number {
    return this.#missing;
  }

  get sizeBytes(): number {
    return this.#bytes.length;
  }

  get isComplete(): boolean {
    return this.#missing === 0;
  }

  /** Whether any of its blocks is under way. */
  get isUnderWay(): boolean {
    return this.#asked.some((askers) => askers.size > 0);
  }

  /** The piece's bytes; whole once it is complete. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Who gave a block; null while it is not here. */
  giverOf(block: number): P | null {
    return this.#givers[block] ?? null;
  }

  blockLength(block: number): number {
    return Math.min(BLOCK_BYTES, this.#bytes.length - block * BLOCK_BYTES);
  }

  /** A block's part of the piece's bytes. */
  blockBytes(block: number): Uint8Array {
    return this.#bytes.subarray(block * BLOCK_BYTES, (block + 1) * BLOCK_BYTES);
  }

  /** The first block that nobody was asked for; null when there is none. */
  nextFree(): number | null {
    for (let block = this.#firstFree; block < this.blockCount; block += 1) {
      if (this.#isHere(block) || (this.#asked[block]?.size ?? 0) > 0) continue;
      this.#firstFree = block;
      return block;
    }
    this.#firstFree = this.blockCount;
    return null;
  }

  /**
   * The block that one other peer was asked for longest ago, at least `minAgeMs`; null when there is none. Of several asked for together
   * the last: peers answer in order, so that one would come latest.
   */
  oldestOf(notOf: P, nowMs: number, minAgeMs: number): number | null {
    let oldest: number | null = null;
    let oldestMs = nowMs - minAgeMs;
    this.#asked.forEach((askers, block) => {
      if (this.#isHere(block) || askers.size !== 1 || askers.has(notOf)) return;
      const [askedMs = nowMs] = askers.values();
      if (askedMs > oldestMs) return;
      oldest = block;
      oldestMs = askedMs;
    });
    return oldest;
  }

  /** How many of its blocks a peer was asked for and has not given. */
  askedOf(peer: P): number {
    return this.#asked.reduce((count, askers) => count + (askers.has(peer) ? 1 : 0), 0);
  }

  ask(block: number, peer: P, nowMs: number): void {
    this.#asked[block]?.set(peer, nowMs);
  }

  /** The peer will not give the block after all. */
  release(block: number, peer: P): void {
    if (!this.#asked[block]?.delete(peer)) return;
    this.#firstFree = Math.min(this.#firstFree, block);
  }

  /** A block came. Returns the other peers that were asked for it; null when it was here already or has the wrong length. */
  receive(block: number, bytes: Uint8Array, peer: P): P[] | null {
    const askers = this.#asked[block];
    askers?.delete(peer);
    if (!askers || this.#isHere(block)) return null;
    if (bytes.length !== this.blockLength(block)) {
      this.#firstFree = Math.min(this.#firstFree, block);
      return null;
    }
    this.#bytes.set(bytes, block * BLOCK_BYTES);
    this.#givers[block] = peer;
    this.#missing -= 1;
    return [...askers.keys()];
  }

  /** What these peers gave is missing again. */
  revoke(isLiar: (peer: P) => boolean): void {
    this.#givers.forEach((giver, block) => {
      if (giver === null || !isLiar(giver)) return;
      this.#givers[block] = null;
      this.#missing += 1;
      this.#firstFree = Math.min(this.#firstFree, block);
    });
  }

  #isHere(block: number): boolean {
    return this.giverOf(block) !== null;
  }
}
