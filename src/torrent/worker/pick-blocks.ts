import type { Band, PieceWant } from '../wants.ts';
import type { PieceProgress } from './piece-progress.ts';

/** A block to ask a peer for. */
export interface BlockPick<P> {
  piece: PieceProgress<P>;
  block: number;
}

/** What choosing looks at: the torrent as it is now. */
export interface PickView<P> {
  /** Most urgent first. */
  wants: readonly PieceWant[];
  /** A wanted piece that is on its way, begun now if need be; null when it is here already, being checked, or not this peer's to give. */
  progressOf: (piece: number) => PieceProgress<P> | null;
}

/** The peer that is to be asked. */
export interface PickPeer<P> {
  id: P;
  has: (piece: number) => boolean;
  /** Blocks that it may be asked for beyond those under way. */
  capacity: number;
  /** Blocks that it was asked for and has not given. */
  underWay: number;
  /** Its part of what all usable peers give, 0 … 1. */
  share: number;
  nowMs: number;
}

/** A block of the piece somebody waits for is asked for a second time when it has been under way for so long, milliseconds. */
const DOUBLE_AFTER_MS: Record<Band, number> = {
  now: 250,
  next: 2_000,
  ahead: 8_000,
  rest: 8_000,
  warm: 8_000,
};
/**
 * Blocks a peer has under way at most when nobody asked for them: a seek waits behind what is in its send buffer. At 100 ms to it and back
 * they are 2.6 Mb/s of each peer; the fewest that any pace has.
 */
const WARM_BLOCKS = 2;

/**
 * Which blocks to ask one peer for, most urgent first.
 *
 * A piece is of use only when it is whole, so the one somebody waits for is split over all peers by what each gives: a peer that took
 * all of it would make the others idle and the viewer wait. Blocks that are slow in coming are asked for once more elsewhere.
 */
export function pickBlocks<P>(view: PickView<P>, peer: PickPeer<P>): BlockPick<P>[] {
  const picks: BlockPick<P>[] = [];
  for (const { from, end, band } of view.wants) {
    const capacity = band === 'warm' ? Math.min(peer.capacity, WARM_BLOCKS - peer.underWay) : peer.capacity;
    for (let index = from; index < end; index += 1) {
      if (picks.length >= capacity) return picks;
      if (!peer.has(index)) continue;
      const piece = view.progressOf(index);
      if (piece) pickOf(piece, band, { ...peer, capacity }, picks);
    }
  }
  return picks;
}

function pickOf<P>(piece: PieceProgress<P>, band: Band, peer: PickPeer<P>, picks: BlockPick<P>[]): void {
  const { id, nowMs, capacity } = peer;
  let left = Math.min(capacity - picks.length, shareOf(piece, band, peer));
  const take = (block: number) => {
    piece.ask(block, id, nowMs);
    picks.push({ piece, block });
    left -= 1;
  };
  while (left > 0) {
    const block = piece.nextFree() ?? piece.oldestOf(id, nowMs, DOUBLE_AFTER_MS[band]);
    if (block === null) return;
    take(block);
  }
}

/**
 * How many blocks of a piece a peer may be asked for now. Rounded up, and one more: the last blocks must not wait for rounding. One that comes from one
 * peer alone is split with nobody.
 */
function shareOf<P>(piece: PieceProgress<P>, band: Band, { id, share }: PickPeer<P>): number {
  if (band !== 'now' || share >= 1 || piece.parole) return Number.POSITIVE_INFINITY;
  return Math.ceil(piece.missing * share) + 1 - piece.askedOf(id);
}
