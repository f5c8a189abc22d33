/** Bytes as they came from the network, still in memory. */
export interface Piece {
  start: number;
  data: Uint8Array;
  /** `pending`: to be written; memory must keep it. `stored`: also on disk. `volatile`: the disk takes no more, memory has the only copy. */
  state: 'pending' | 'stored' | 'volatile';
  /** Given up: no longer in memory. */
  dropped: boolean;
}

/** What a piece costs beyond its bytes. */
const PIECE_OVERHEAD_BYTES = 256;

/** Bytes of memory that a piece takes. */
export function pieceCost(piece: Piece): number {
  return piece.data.length + PIECE_OVERHEAD_BYTES;
}

/**
 * The bytes that arrived last, bounded, so that a reader who follows the network closely never waits for a disk. Found by
 * offset within groups (one per chunk file); given up in the order they came.
 */
export class RecentPieces {
  readonly #groups = new Map<number, Piece[]>();
  readonly #limitBytes: number;
  readonly #groupBytes: number;
  readonly #onLost: (piece: Piece) => void;
  #order: Piece[] = [];
  #bytes = 0;

  /** `onLost` is told of volatile pieces that had to be given up. */
  constructor(limitBytes: number, groupBytes: number, onLost: (piece: Piece) => void) {
    this.#limitBytes = limitBytes;
    this.#groupBytes = groupBytes;
    this.#onLost = onLost;
  }

  /** A piece must not cross a group's border nor overlap another. */
  add(piece: Piece): void {
    const key = Math.floor(piece.start / this.#groupBytes);
    const group = this.#groups.get(key) ?? [];
    group.splice(indexAfter(group, piece.start), 0, piece);
    this.#groups.set(key, group);
    this.#order.push(piece);
    this.#bytes += pieceCost(piece);
    this.trim();
  }

  /** The piece that holds the byte at `offset`. */
  at(offset: number): Piece | undefined {
    const group = this.#groups.get(Math.floor(offset / this.#groupBytes));
    if (!group) return undefined;
    const piece = group[indexAfter(group, offset) - 1];
    return piece && offset < piece.start + piece.data.length ? piece : undefined;
  }

  /** Gives up a whole group, as its chunk was evicted. */
  dropGroup(key: number): void {
    for (const piece of this.#groups.get(key) ?? []) {
      piece.dropped = true;
      this.#bytes -= pieceCost(piece);
    }
    this.#groups.delete(key);
    // A small budget evicts before memory is full: nothing else would let go of these bytes.
    this.#order = this.#order.filter((piece) => !piece.dropped);
  }

  /** Back within the bound, except for pieces that still have to be written. */
  trim(): void {
    if (this.#bytes <= this.#limitBytes) return;
    const kept: Piece[] = [];
    let index = 0;
    for (; index < this.#order.length && this.#bytes > this.#limitBytes; index += 1) {
      const piece = this.#order[index];
      if (!piece || piece.dropped) continue;
      if (piece.state === 'pending') kept.push(piece);
      else this.#drop(piece);
    }
    this.#order.splice(0, index, ...kept);
  }

  clear(): void {
    this.#groups.clear();
    this.#order = [];
    this.#bytes = 0;
  }

  #drop(piece: Piece): void {
    const key = Math.floor(piece.start / this.#groupBytes);
    const group = this.#groups.get(key) ?? [];
    const index = group.indexOf(piece);
    if (index >= 0) group.splice(index, 1);
    if (group.length === 0) this.#groups.delete(key);
    piece.dropped = true;
    this.#bytes -= pieceCost(piece);
    if (piece.state === 'volatile') this.#onLost(piece);
  }
}

/** Index of the first piece that begins after `offset`. */
function indexAfter(group: readonly Piece[], offset: number): number {
  let low = 0;
  let high = group.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((group[middle]?.start ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
