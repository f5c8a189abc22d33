import type { Wire } from 'webtorrent';
import { PeerPace } from './peer-pace.ts';
import type { BlockPick } from './pick-blocks.ts';

/** A piece of which a peer refused a block is not asked of it again for so long, milliseconds: else both would do nothing but that. */
const REFUSED_FOR_MS = 1_000;
/** Blocks that were taken back and are remembered as such. */
const MAX_TAKEN_BACK = 1_000;

/** A block under way, and when it was asked for (milliseconds). */
export interface AskedBlock extends BlockPick<Wire> {
  askedMs: number;
}

/** One peer as the downloader knows it: what it may be asked for, and what is under way from it. */
export class SwarmPeer {
  readonly wire: Wire;
  readonly pace: PeerPace;
  /** Asks are being made: those that fail at once must not begin another round. */
  isAsking = false;
  readonly #underWay = new Map<string, AskedBlock>();
  /** Pieces, the latest last, and until when (milliseconds). */
  readonly #refused = new Map<number, number>();
  readonly #takenBack = new Set<string>();

  constructor(wire: Wire, nowMs: number) {
    this.wire = wire;
    this.pace = new PeerPace(nowMs);
  }

  /** Whether it may be asked for anything: it lets us, or it keeps us out but for some pieces ("allowed fast", BEP 6). */
  static isOpen({ destroyed, peerChoking, peerAllowedFastSet }: Wire): boolean {
    return !destroyed && (!peerChoking || peerAllowedFastSet.length > 0);
  }

  get isOpen(): boolean {
    return SwarmPeer.isOpen(this.wire);
  }

  /** How many blocks are under way. */
  get busy(): number {
    return this.#underWay.size;
  }

  get underWay(): readonly AskedBlock[] {
    return [...this.#underWay.values()];
  }

  /** Requests to have under way. */
  get requests(): number {
    const accepts = this.wire.peerExtendedHandshake?.reqq;
    return this.pace.requests(typeof accepts === 'number' ? accepts : undefined);
  }

  /** Whether it has a piece and lets us ask for it. */
  allows(piece: number): boolean {
    const { peerPieces, peerChoking, peerAllowedFastSet } = this.wire;
    return this.isOpen && peerPieces.get(piece) && (!peerChoking || peerAllowedFastSet.includes(piece));
  }

  hasRefused(piece: number, nowMs: number): boolean {
    return (this.#refused.get(piece) ?? 0) > nowMs;
  }

  asked(pick: AskedBlock): void {
    this.#underWay.set(keyOf(pick), pick);
  }

  /** An ask is over. Returns whether it was still under way: what was taken back is not. */
  settle(pick: BlockPick<Wire>): boolean {
    return this.#underWay.delete(keyOf(pick));
  }

  /** What was under way is not wanted any more. */
  takeBack(pick: BlockPick<Wire>): void {
    this.settle(pick);
    if (this.#takenBack.size >= MAX_TAKEN_BACK) this.#takenBack.clear();
    this.#takenBack.add(keyOf(pick));
  }

  /** It will not give a block that it was asked for. */
  refused(pick: BlockPick<Wire>, nowMs: number): void {
    // BEP 6: what is taken back is refused, too. Asked for again meanwhile, that looks like the answer.
    if (this.#takenBack.delete(keyOf(pick))) return;
    const piece = pick.piece.index;
    for (const [earlier, untilMs] of this.#refused) {
      if (untilMs > nowMs) break;
      this.#refused.delete(earlier);
    }
    this.#refused.delete(piece);
    // A peer that chokes us refuses all of it: that says nothing of the time after.
    if (this.allows(piece)) this.#refused.set(piece, nowMs + REFUSED_FOR_MS);
  }
}

/** A peer's part of what all peers give that let us ask for everything, 0 … 1. */
export function shareOf(peer: SwarmPeer, peers: Iterable<SwarmPeer>): number {
  const isUsable = ({ wire, pace }: SwarmPeer) => !wire.destroyed && !wire.peerChoking && !pace.isSnubbed;
  const others = [...peers].filter((other) => other !== peer && isUsable(other));
  const [speed = 1, ...speeds] = speedsOf([peer, ...others]);
  return speed / speeds.reduce((sum, other) => sum + other, speed);
}

/** Bytes per second. One of unknown speed counts like the slowest, so that it gets its chance. */
export function speedsOf(peers: readonly SwarmPeer[]): number[] {
  const speeds = peers.map(({ wire }) => wire.downloadSpeed());
  const slowest = Math.min(...speeds.filter((speed) => speed > 0), 1e9);
  return speeds.map((speed) => speed || slowest);
}

function keyOf({ piece, block }: BlockPick<Wire>): string {
  return `${piece.index}:${block}`;
}
