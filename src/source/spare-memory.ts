import { pagedMemory } from './paged-memory.ts';

/**
 * Memory for pieces of one length, of which few are in use at a time: what its user gives back is used for the next one, or is free at once. Left
 * to the garbage collector they pile up: it lets 32 MB wait, and at 100 MB/s they are soon there.
 */
export class SpareMemory {
  readonly pieceBytes: number;
  readonly #most: number;
  readonly #spare: Uint8Array<ArrayBuffer>[] = [];

  /** `keptBytes`: how much is kept for later, at most. */
  constructor(pieceBytes: number, keptBytes: number) {
    this.pieceBytes = pieceBytes;
    this.#most = Math.floor(keptBytes / pieceBytes);
  }

  /** `sizeBytes` bytes, whatever was in them before. More or fewer than a piece are made anew. */
  take(sizeBytes = this.pieceBytes): Uint8Array<ArrayBuffer> {
    const spare = sizeBytes === this.pieceBytes ? this.#spare.pop() : undefined;
    return spare ?? pagedMemory(sizeBytes);
  }

  /** Takes back what `take` gave: whoever had it does not look at it again. */
  giveBack(piece: Uint8Array): void {
    const { buffer } = piece;
    if (!(buffer instanceof ArrayBuffer) || piece.length !== buffer.byteLength) return;
    if (piece.length === this.pieceBytes && this.#spare.length < this.#most) {
      this.#spare.push(new Uint8Array(buffer));
    } else if (buffer.resizable) {
      // Its pages go back to the system now, and not when the garbage is collected.
      buffer.resize(0);
    }
  }
}
