import type { Torrent, Wire } from 'webtorrent';
import { SpareMemory } from '../../source/spare-memory.ts';
import { isWaitedFor, isWanted, type PieceWant } from '../wants.ts';
import { PeerPace } from './peer-pace.ts';
import { type BlockPick, pickBlocks } from './pick-blocks.ts';
import { BLOCK_BYTES, PieceProgress } from './piece-progress.ts';

/** How often silent peers and slow blocks are looked for while something is wanted, milliseconds. */
const TICK_MS = 250;
/** Unfinished pieces that nobody wants any more are kept up to this much: a seek back finds them. */
const KEPT_BYTES = 8 * 1024 * 1024;
/** Memory of pieces that are done is kept for the next ones, up to this much. */
const SPARE_BYTES = 8 * 1024 * 1024;
/** Pieces that wait for their check or for the disk take at most this much, or two pieces: then no others are begun but the one somebody waits for. */
const CHECKING_BYTES = 8 * 1024 * 1024;

/** A block under way, and when it was asked for (milliseconds). */
interface AskedBlock extends BlockPick<Wire> {
  askedMs: number;
}

interface PeerState {
  pace: PeerPace;
  /** By `piece:block`. */
  underWay: Map<string, AskedBlock>;
  /** Asks are being made: those that fail at once must not begin another round. */
  isAsking: boolean;
}

export interface DownloaderOptions {
  torrent: Torrent;
  nowMs: () => number;
  /** Whether a piece may lie on disk from an earlier run: that is looked at before peers are asked. */
  mayBeHere: (piece: number) => boolean;
  /** A piece is whole; its hash is not known to be right. Pieces that are being checked are not asked for again. */
  onWhole: (piece: PieceProgress<Wire>) => void;
}

/**
 * Decides what every peer of a torrent is asked for, in place of webtorrent's own choosing. That cannot be told to let go: marks stay
 * critical, requests outlive the wish, and every stream is as good as any other.
 */
export class Downloader {
  readonly #options: DownloaderOptions;
  readonly #peers = new Map<Wire, PeerState>();
  readonly #pieces = new Map<number, PieceProgress<Wire>>();
  readonly #checking = new Set<number>();
  #memory: SpareMemory | undefined;
  #receivedBytes = 0;
  #wants: readonly PieceWant[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(options: DownloaderOptions) {
    this.#options = options;
  }

  /** Bytes of blocks that came, whatever became of them. What else peers say is no progress: one that chats on must not keep anybody waiting. */
  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  /** Replaces what is wanted. Where somebody waits, requests for anything else are taken back on the wire. */
  want(wants: readonly PieceWant[]): void {
    this.#wants = wants;
    // Else they hold up nobody, and what comes of half a second's requests may be wanted again: a player that seeks is gone for a moment.
    const { torrent, mayBeHere } = this.#options;
    const isLacking = (piece: number) => !torrent.bitfield.get(piece) && !mayBeHere(piece);
    if (wants.some(({ from, band }) => band === 'now' && isLacking(from))) {
      this.#takeBackIf((_state, { piece }) => !isWanted(wants, piece.index));
    }
    this.#forgetUnwanted();
    this.fillAll();
    if (wants.length === 0) this.#stopTicking();
    else this.#timer ??= setInterval(() => this.#tick(), TICK_MS).unref();
  }

  /** All peers may take more requests. */
  fillAll(): void {
    for (const wire of this.#options.torrent.wires) this.fill(wire);
  }

  /** A peer may take more requests. */
  fill(wire: Wire): void {
    const state = this.#stateOf(wire);
    if (state === null || state.isAsking) return;
    const wished = this.#requestsOf(wire, state);
    // Asked for in batches: going over all wishes for every block would be the whole work.
    if (state.underWay.size > wished / 2) return;
    const nowMs = this.#options.nowMs();
    const picks = pickBlocks(
      { wants: this.#wants, progressOf: (index) => this.#progressOf(index) },
      {
        id: wire,
        has: (index) => wire.peerPieces.get(index),
        capacity: wished - state.underWay.size,
        share: this.#shareOf(wire),
        nowMs,
      },
    );
    if (picks.length > 0 && state.underWay.size === 0) state.pace.asked(nowMs);
    state.isAsking = true;
    for (const pick of picks) this.#ask(wire, state, { ...pick, askedMs: nowMs });
    state.isAsking = false;
  }

  /** The check of a whole piece is over: right or wrong, it may be wanted again. */
  checked(piece: PieceProgress<Wire>): void {
    this.#checking.delete(piece.index);
    this.#memory?.giveBack(piece.bytes);
  }

  close(): void {
    this.#stopTicking();
    this.#wants = [];
    this.#pieces.clear();
    this.#peers.clear();
  }

  #stateOf(wire: Wire): PeerState | null {
    if (wire.destroyed || wire.peerChoking || !this.#options.torrent.ready) return null;
    const known = this.#peers.get(wire);
    if (known) return known;
    const state = { pace: new PeerPace(this.#options.nowMs()), underWay: new Map(), isAsking: false };
    this.#peers.set(wire, state);
    wire.once('close', () => this.#peers.delete(wire));
    return state;
  }

  #requestsOf(wire: Wire, { pace }: PeerState): number {
    const accepts = wire.peerExtendedHandshake?.reqq;
    return pace.requests(typeof accepts === 'number' ? accepts : undefined);
  }

  /** By speed among the peers that can be asked; one of unknown speed counts like the slowest, so that it gets its chance. */
  #shareOf(wire: Wire): number {
    const usable = [...this.#peers].filter(
      ([peer, { pace }]) => !peer.peerChoking && !pace.isSnubbed && !peer.destroyed,
    );
    const speeds = usable.map(([peer]) => peer.downloadSpeed());
    const slowest = Math.min(...speeds.filter((speed) => speed > 0), 1e9);
    const total = speeds.reduce((sum, speed) => sum + (speed || slowest), 0);
    return total === 0 ? 1 : (wire.downloadSpeed() || slowest) / total;
  }

  #progressOf(index: number): PieceProgress<Wire> | null {
    const { torrent, mayBeHere } = this.#options;
    const known = this.#pieces.get(index);
    if (known) return known;
    if (torrent.bitfield.get(index) || this.#checking.has(index) || mayBeHere(index)) return null;
    if (this.#isBehind() && !isWaitedFor(this.#wants, index)) return null;
    const isLast = index === torrent.pieces.length - 1;
    this.#memory ??= new SpareMemory(torrent.pieceLength, SPARE_BYTES);
    const bytes = this.#memory.take(isLast ? torrent.lastPieceLength : torrent.pieceLength);
    const piece = new PieceProgress<Wire>(index, bytes);
    this.#pieces.set(index, piece);
    return piece;
  }

  /** Whether the disk is so far behind that no other piece should be begun. */
  #isBehind(): boolean {
    const most = Math.max(2, CHECKING_BYTES / this.#options.torrent.pieceLength);
    return this.#checking.size >= most;
  }

  #ask(wire: Wire, state: PeerState, pick: AskedBlock): void {
    const { piece, block } = pick;
    state.underWay.set(keyOf(pick), pick);
    wire.request(piece.index, block * BLOCK_BYTES, piece.blockLength(block), (error, bytes) => {
      state.underWay.delete(keyOf(pick));
      if (error || !bytes) piece.release(block, wire);
      else {
        this.#receivedBytes += bytes.length;
        state.pace.gave(pick.askedMs, this.#options.nowMs(), state.underWay.size + 1);
        this.#received(wire, pick, bytes);
      }
      this.fill(wire);
    });
  }

  #received(wire: Wire, pick: BlockPick<Wire>, bytes: Uint8Array): void {
    const { piece, block } = pick;
    const others = piece.receive(block, bytes, wire);
    for (const other of others ?? []) this.#takeBack(other, pick);
    if (others === null || !piece.isComplete || this.#pieces.get(piece.index) !== piece) return;
    this.#pieces.delete(piece.index);
    this.#checking.add(piece.index);
    this.#options.onWhole(piece);
  }

  #takeBack(wire: Wire, { piece, block }: BlockPick<Wire>): void {
    // Its callback, with an error, sets the block free.
    wire.cancel(piece.index, block * BLOCK_BYTES, piece.blockLength(block));
  }

  #takeBackIf(test: (state: PeerState, pick: AskedBlock) => boolean): void {
    for (const [wire, state] of this.#peers) {
      // What is taken back is not asked for again before all of it is.
      state.isAsking = true;
      for (const pick of [...state.underWay.values()]) if (test(state, pick)) this.#takeBack(wire, pick);
      state.isAsking = false;
    }
  }

  #tick(): void {
    const nowMs = this.#options.nowMs();
    const silent = new Set(
      [...this.#peers.values()].filter(({ pace, underWay }) => pace.fellSilent(underWay.size, nowMs)),
    );
    this.#takeBackIf((state, { askedMs }) => silent.has(state) || state.pace.isLost(askedMs));
    this.fillAll();
  }

  #stopTicking(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #forgetUnwanted(): void {
    let kept = 0;
    for (const [index, piece] of [...this.#pieces].reverse()) {
      if (isWanted(this.#wants, index) || piece.isUnderWay) continue;
      kept += piece.sizeBytes;
      if (kept <= KEPT_BYTES && piece.missing < piece.blockCount) continue;
      this.#pieces.delete(index);
      this.#memory?.giveBack(piece.bytes);
    }
  }
}

function keyOf({ piece, block }: BlockPick<Wire>): string {
  return `${piece.index}:${block}`;
}
