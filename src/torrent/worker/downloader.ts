import type { Torrent, Wire } from 'webtorrent';
import { SpareMemory } from '../../source/spare-memory.ts';
import { isWaitedFor, isWanted, type PieceWant, VIEWED } from '../wants.ts';
import { Parole } from './parole.ts';
import { type BlockPick, pickBlocks } from './pick-blocks.ts';
import { BLOCK_BYTES, PieceProgress } from './piece-progress.ts';
import { type AskedBlock, SwarmPeer, shareOf, speedsOf } from './swarm-peer.ts';

/** How often silent peers and slow blocks are looked for while something is wanted, milliseconds. */
const TICK_MS = 250;
/** Unfinished pieces that nobody wants any more are kept up to this much: a seek back finds them. */
const KEPT_BYTES = 4 * 1024 * 1024;
/** Memory of pieces that are done is kept for the next ones, up to this much. */
const SPARE_BYTES = 4 * 1024 * 1024;
/** Pieces that wait for their check or for the disk take at most this much, or two pieces: then no others are begun but the one somebody waits for. */
const CHECKING_BYTES = 8 * 1024 * 1024;
/** Pieces whose progress is told at most: a second of film is in a few. */
const MOST_TOLD = 16;

export interface DownloaderOptions {
  torrent: Torrent;
  nowMs: () => number;
  /** Whether a piece may lie on disk from an earlier run: that is looked at before peers are asked. */
  mayBeHere: (piece: number) => boolean;
  /** Whether a piece was wrong before: it is fetched from one peer alone. */
  isSuspect: (piece: number) => boolean;
  /** Whether a peer was found to lie: it is asked for nothing. */
  isBanned: (wire: Wire) => boolean;
  /** A piece is whole; its hash is not known to be right. Pieces that are being checked are not asked for again. */
  onWhole: (piece: PieceProgress<Wire>) => void;
}

/**
 * Decides what every peer of a torrent is asked for, in place of webtorrent's own choosing. That cannot be told to let go: marks stay
 * critical, requests outlive the wish, and every stream is as good as any other.
 */
export class Downloader {
  readonly #options: DownloaderOptions;
  readonly #peers = new Map<Wire, SwarmPeer>();
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
      const viewed = wants.filter(({ band }) => VIEWED.has(band));
      this.#takeBackIf((_peer, { piece }) => !isWanted(viewed, piece.index));
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
    const peer = this.#peerOf(wire);
    if (peer === null || peer.isAsking) return;
    const wished = peer.requests;
    // Asked for in batches: going over all wishes for every block would be the whole work.
    if (peer.busy > wished / 2) return;
    const nowMs = this.#options.nowMs();
    const picks = pickBlocks(
      { wants: this.#wants, progressOf: (index) => this.#progressFor(peer, index, nowMs) },
      {
        id: wire,
        has: (index) => peer.allows(index) && !peer.hasRefused(index, nowMs),
        capacity: wished - peer.busy,
        underWay: peer.busy,
        share: shareOf(peer, this.#peers.values()),
        nowMs,
      },
    );
    if (picks.length > 0 && peer.busy === 0) peer.pace.asked(nowMs);
    peer.isAsking = true;
    for (const pick of picks) this.#ask(peer, { ...pick, askedMs: nowMs });
    peer.isAsking = false;
  }

  /** The check of a whole piece is over: right or wrong, it may be wanted again. */
  checked(piece: PieceProgress<Wire>): void {
    this.#checking.delete(piece.index);
    this.#memory?.giveBack(piece.bytes);
  }

  /** Peers were found to lie: what they gave of unfinished pieces is fetched anew. */
  distrust(): void {
    const { isBanned } = this.#options;
    for (const wire of this.#peers.keys()) if (isBanned(wire)) this.#peers.delete(wire);
    for (const piece of this.#pieces.values()) piece.revoke(isBanned);
  }

  /** What has come of pieces that are not whole, of the most urgent ones. */
  unfinished(): [piece: number, bytes: number][] {
    const urgent = this.#wants.filter(({ band }) => band === 'now' || band === 'next');
    const begun = [...this.#pieces.values()].filter(({ index }) => isWanted(urgent, index));
    return begun
      .slice(0, MOST_TOLD)
      .map((piece) => [piece.index, (piece.blockCount - piece.missing) * BLOCK_BYTES]);
  }

  close(): void {
    this.#stopTicking();
    this.#wants = [];
    this.#pieces.clear();
    this.#peers.clear();
  }

  /** Null where it cannot be asked for anything now. */
  #peerOf(wire: Wire): SwarmPeer | null {
    const { torrent, isBanned, nowMs } = this.#options;
    if (!torrent.ready || !SwarmPeer.isOpen(wire) || isBanned(wire)) return null;
    const known = this.#peers.get(wire);
    if (known) return known;
    const peer = new SwarmPeer(wire, nowMs());
    this.#peers.set(wire, peer);
    wire.once('close', () => this.#peers.delete(wire));
    return peer;
  }

  /** A piece on its way, where this peer may be asked for it: one on parole comes from one peer alone, from its first block to its last. */
  #progressFor({ wire }: SwarmPeer, index: number, nowMs: number): PieceProgress<Wire> | null {
    const piece = this.#progressOf(index);
    if (!piece?.parole || piece.parole.holder === wire) return piece;
    const peers = [...this.#peers.values()].filter((peer) => peer.allows(index));
    const speeds = speedsOf(peers);
    const candidates = peers.map((peer, n) => ({
      id: peer.wire,
      speed: speeds[n] ?? 0,
      isAnswering: !peer.pace.isSnubbed && !peer.hasRefused(index, nowMs),
    }));
    if (!piece.parole.takes(wire, candidates, nowMs)) return null;
    this.#takeBackIf((_peer, pick) => pick.piece === piece);
    return this.#begin(index, piece.bytes, piece.parole);
  }

  #progressOf(index: number): PieceProgress<Wire> | null {
    const { torrent, mayBeHere, isSuspect } = this.#options;
    const known = this.#pieces.get(index);
    if (known) return known;
    if (torrent.bitfield.get(index) || this.#checking.has(index) || mayBeHere(index)) return null;
    if (this.#isBehind() && !isWaitedFor(this.#wants, index)) return null;
    const isLast = index === torrent.pieces.length - 1;
    this.#memory ??= new SpareMemory(torrent.pieceLength, SPARE_BYTES);
    const bytes = this.#memory.take(isLast ? torrent.lastPieceLength : torrent.pieceLength);
    return this.#begin(index, bytes, isSuspect(index) ? new Parole(bytes.length) : null);
  }

  #begin(index: number, bytes: Uint8Array, parole: Parole<Wire> | null): PieceProgress<Wire> {
    const piece = new PieceProgress<Wire>(index, bytes, parole);
    this.#pieces.set(index, piece);
    return piece;
  }

  /** Whether the disk is so far behind that no other piece should be begun. */
  #isBehind(): boolean {
    const most = Math.max(2, CHECKING_BYTES / this.#options.torrent.pieceLength);
    return this.#checking.size >= most;
  }

  #ask(peer: SwarmPeer, pick: AskedBlock): void {
    const { piece, block } = pick;
    const { wire, pace } = peer;
    peer.asked(pick);
    wire.request(piece.index, block * BLOCK_BYTES, piece.blockLength(block), (error, bytes) => {
      const nowMs = this.#options.nowMs();
      const wasUnderWay = peer.settle(pick);
      if (error || !bytes || this.#options.isBanned(wire)) {
        piece.release(block, wire);
        if (wasUnderWay) peer.refused(pick, nowMs);
      } else {
        this.#receivedBytes += bytes.length;
        pace.gave(pick.askedMs, nowMs, peer.busy + 1);
        this.#received(wire, pick, bytes);
      }
      this.fill(wire);
    });
  }

  #received(wire: Wire, pick: BlockPick<Wire>, bytes: Uint8Array): void {
    const { piece, block } = pick;
    // Its bytes may be another's now.
    if (this.#pieces.get(piece.index) !== piece) return;
    const others = piece.receive(block, bytes, wire);
    for (const other of others ?? []) this.#takeBack(other, pick);
    if (others === null || !piece.isComplete) return;
    this.#pieces.delete(piece.index);
    this.#checking.add(piece.index);
    this.#options.onWhole(piece);
  }

  #takeBack(wire: Wire, pick: BlockPick<Wire>): void {
    const { piece, block } = pick;
    this.#peers.get(wire)?.takeBack(pick);
    // Its callback, with an error, sets the block free.
    wire.cancel(piece.index, block * BLOCK_BYTES, piece.blockLength(block));
  }

  #takeBackIf(test: (peer: SwarmPeer, pick: AskedBlock) => boolean): void {
    for (const [wire, peer] of this.#peers) {
      // What is taken back is not asked for again before all of it is.
      peer.isAsking = true;
      for (const pick of peer.underWay) if (test(peer, pick)) this.#takeBack(wire, pick);
      peer.isAsking = false;
    }
  }

  #tick(): void {
    const nowMs = this.#options.nowMs();
    const silent = new Set(
      [...this.#peers.values()].filter(({ pace, busy }) => pace.fellSilent(busy, nowMs)),
    );
    this.#takeBackIf((peer, { askedMs }) => silent.has(peer) || peer.pace.isLost(askedMs));
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
