import type { Wire } from 'webtorrent';
import { PeerPace } from './peer-pace.ts';
import type { BlockPick } from './pick-blocks.ts';

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

  constructor(wire: Wire, nowMs: number) {
    this.wire = wire;
    this.pace = new PeerPace(nowMs);
  }

  /** Whether it may be asked for anything. */
  static isOpen({ destroyed, peerChoking }: Wire): boolean {
    return !destroyed && !peerChoking;
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
    return this.isOpen && this.wire.peerPieces.get(piece);
  }

  asked(pick: AskedBlock): void {
    this.#underWay.set(keyOf(pick), pick);
  }

  /** An ask is over. */
  settle(pick: BlockPick<Wire>): void {
    this.#underWay.delete(keyOf(pick));
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
