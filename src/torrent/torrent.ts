import { open } from 'node:fs/promises';
import { Deferred } from '../deferred.ts';
import { RaffiError } from '../errors.ts';
import type { CacheBudget } from '../source/range-cache/cache-budget.ts';
import { mostAhead } from './bands.ts';
import { type Demand, Demands } from './demands.ts';
import type { FileProgress } from './file-progress.ts';
import { KeptPieces } from './kept-pieces.ts';
import type { TorrentLayout } from './metainfo.ts';
import { PieceBits } from './piece-bits.ts';
import { PieceFiles } from './piece-files.ts';
import { PieceWaits } from './piece-waits.ts';
import type { FromEngine, SwarmReport, ToEngine } from './protocol.ts';
import type { TorrentSpec } from './torrent-spec.ts';

/** How long whoever waits is let wait, milliseconds. The torrent goes on trying after that. */
export interface TorrentBounds {
  /** For the description of what a magnet link names. */
  metadataMs: number;
  /** For bytes, when nothing at all comes in. */
  stallMs: number;
}
export const TORRENT_BOUNDS: TorrentBounds = { metadataMs: 90_000, stallMs: 60_000 };
/** Whoever asks again after the bound has passed waits this long, milliseconds. */
const LATER_WAIT_MS = 10_000;

export interface TorrentOptions {
  /** Names it to the engine's thread. */
  key: string;
  spec: TorrentSpec;
  /** For the pieces of this torrent alone. */
  folder: string;
  budget: CacheBudget;
  bounds: TorrentBounds;
  send: (message: ToEngine) => void;
}

/** One torrent as the core sees it: what it holds, which bytes of it are here, and what is wanted next. */
export class Torrent {
  readonly spec: TorrentSpec;
  readonly #options: TorrentOptions;
  readonly #layout = new Deferred<TorrentLayout>();
  readonly #demands: Demands;
  readonly #waits: PieceWaits;
  #known: { layout: TorrentLayout; kept: KeptPieces } | undefined;
  #swarm: SwarmReport | undefined;
  #failure: RaffiError | undefined;
  #startedMs: number | undefined;

  constructor(options: TorrentOptions) {
    this.#options = options;
    this.spec = options.spec;
    const { key, send } = options;
    this.#demands = new Demands({
      nowMs: () => performance.now(),
      tell: (wants) => send({ type: 'want', key, wants }),
    });
    this.#waits = new PieceWaits(options.bounds.stallMs, () => this.#stalled());
  }

  get layout(): TorrentLayout | undefined {
    return this.#known?.layout;
  }

  get swarm(): SwarmReport | undefined {
    return this.#swarm;
  }

  get failure(): RaffiError | undefined {
    return this.#failure;
  }

  /** What all films may keep, bytes. */
  get cacheBytes(): number {
    return this.#options.budget.limitBytes;
  }

  /** Bytes of that which no open film uses, and which none needs soon. */
  get spareBytes(): number {
    const { freeBytes, limitBytes } = this.#options.budget;
    return freeBytes - mostAhead(limitBytes);
  }

  get piecesComplete(): number {
    return this.#known?.kept.count ?? 0;
  }

  /** Verified bytes that are on disk. */
  get keptBytes(): number {
    return this.#known?.kept.bytes ?? 0;
  }

  has(piece: number): boolean {
    return this.#known?.kept.has(piece) ?? false;
  }

  /** Goes to the network. Nothing does before. Idempotent. */
  start(): void {
    if (this.#startedMs !== undefined) return;
    this.#startedMs = performance.now();
    const { key, folder, send } = this.#options;
    send({ type: 'add', key, spec: this.spec, folder });
  }

  /** What the torrent holds. @throws `no_peers`, `no_metadata` after the bound, `bad_torrent`, `torrent_failed`. */
  async describe(signal?: AbortSignal): Promise<TorrentLayout> {
    this.start();
    signal?.throwIfAborted();
    const { metadataMs } = this.#options.bounds;
    const leftMs = (this.#startedMs ?? 0) + metadataMs - performance.now();
    const waitMs = Math.max(leftMs, Math.min(LATER_WAIT_MS, metadataMs));
    return bounded(this.#layout.promise, waitMs, () => this.#noLayout(), signal);
  }

  join(demand: Demand): void {
    this.#demands.join(demand);
  }

  leave(demand: Demand): void {
    this.#demands.leave(demand);
  }

  /** How far it is for whoever read of it last; undefined where nobody does. */
  get progress(): FileProgress | undefined {
    return this.#demands.latest?.progress();
  }

  /** How much of a piece that is not whole is in the engine's memory, where somebody waits for it. */
  unfinishedBytes(piece: number): number {
    return this.#swarm?.unfinished.find(([index]) => index === piece)?.[1] ?? 0;
  }

  /** Some demand has changed. */
  update(): void {
    this.#demands.update();
  }

  /** Settles when all of the piece is here. @throws `no_peers`, `stalled`, `cache_full`, `torrent_failed`. */
  async arrival(piece: number, signal?: AbortSignal): Promise<void> {
    if (this.#failure) throw this.#failure;
    if (!this.has(piece)) await this.#waits.for(piece, signal);
  }

  /** Bytes `[start, end)` of one piece that is here, as torrent offsets; fewer where the piece ends. In memory that `take` gives. */
  async readPiece(start: number, end: number, take: (sizeBytes: number) => Uint8Array): Promise<Uint8Array> {
    const known = this.#known;
    if (!known) throw new RaffiError('internal', 'A torrent was read before it was known.');
    const { pieceBytes } = known.layout;
    const piece = Math.floor(start / pieceBytes);
    const length = Math.min(end, (piece + 1) * pieceBytes) - start;
    return known.kept.use(piece, async (path, offset) => {
      const handle = await open(path, 'r');
      try {
        const bytes = take(length);
        const { bytesRead } = await handle.read(bytes, 0, length, offset + (start % pieceBytes));
        if (bytesRead < length) throw new Error(`piece ${piece} is cut short`);
        return bytes;
      } finally {
        await handle.close();
      }
    });
  }

  /** Keeps bytes whatever the budget says, until the torrent is closed. */
  pin(start: number, end: number): void {
    if (!this.#failure) this.#known?.kept.pin(start, end);
  }

  handle(message: FromEngine): void {
    switch (message.type) {
      case 'layout':
        this.#know(message.layout, message.resumed);
        return;
      case 'piece':
        this.#arrived(message.index);
        return;
      case 'dropped':
        this.#known?.kept.dropped(message.from);
        return;
      case 'swarm':
        if (message.swarm.receivedBytes !== this.#swarm?.receivedBytes) this.#waits.progressed();
        this.#swarm = message.swarm;
        // What is wanted depends on time, too, and this comes as often as anything does.
        this.#demands.refresh();
        return;
      case 'failure':
        this.#fail(new RaffiError(message.code, message.message), message.fatal);
    }
  }

  /** Gives back its part of the budget, and tells whoever waits or comes later why. */
  close(reason = new RaffiError('aborted', 'The torrent was closed.')): void {
    this.#fail(reason, true);
    this.#known?.kept.close();
  }

  /** Everybody who waits is told why. `fatal`: whoever comes later, too. */
  #fail(error: RaffiError, fatal: boolean): void {
    if (fatal) {
      this.#failure = error;
      this.#layout.reject(error);
      this.#demands.end();
    } else {
      // Wanted anew by whoever asks again.
      this.#demands.forget();
    }
    this.#waits.fail(error);
  }

  #know(layout: TorrentLayout, resumed: Uint8Array | null): void {
    if (this.#known) return;
    const { key, folder, budget, send } = this.#options;
    const kept = new KeptPieces({
      layout,
      files: new PieceFiles(folder, layout),
      budget,
      isWanted: (from, end) => this.#demands.isWanted(from, end),
      drop: (from, end) => send({ type: 'drop', key, from, end }),
    });
    this.#known = { layout, kept };
    if (resumed) for (const piece of new PieceBits(layout.pieceCount, resumed)) kept.resume(piece);
    this.#layout.resolve(layout);
    this.#demands.begin(layout.pieceBytes);
  }

  #arrived(piece: number): void {
    const outcome = this.#known?.kept.add(piece);
    if (outcome === 'kept') this.#waits.arrived(piece);
    if (outcome === 'no-room') this.#noRoom(piece);
    this.#demands.refresh();
  }

  /** All else is wanted or pinned by this film or others. */
  #noRoom(piece: number): void {
    if (this.#demands.isCramped && this.#waits.has(piece)) {
      const advice = 'Set RAFFI_CACHE_BYTES higher, or close other films.';
      this.#fail(
        new RaffiError('cache_full', `The cache has no room for more of this torrent. ${advice}`),
        false,
      );
    } else this.#demands.cramp();
  }

  #noLayout(): RaffiError {
    return this.#swarm && this.#swarm.peers > 0
      ? new RaffiError(
          'no_metadata',
          'Peers were found, but none sent the torrent’s description. Raffi goes on trying; wait, or open its .torrent file instead of the link.',
        )
      : this.#noPeers();
  }

  #stalled(): RaffiError {
    if (!this.#swarm || this.#swarm.peers === 0) return this.#noPeers();
    return new RaffiError(
      'stalled',
      'Peers are connected, but nothing has come from them for a while. Raffi goes on trying; wait, or choose a torrent with more seeds.',
    );
  }

  #noPeers(): RaffiError {
    const trouble = this.#swarm?.trouble;
    return new RaffiError(
      'no_peers',
      'Nobody who shares this torrent can be reached now. Raffi goes on trying; check the network, or choose a torrent with more seeds.',
      { ...(trouble ? { data: { trouble } } : {}) },
    );
  }
}

/** The promise, or an error once the time is over, or the signal's reason. */
function bounded<T>(
  promise: Promise<T>,
  waitMs: number,
  tooLate: () => RaffiError,
  signal: AbortSignal | undefined,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => end(() => reject(tooLate())), waitMs);
    const leave = () => end(() => reject(signal?.reason));
    const end = (settle: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', leave);
      settle();
    };
    signal?.addEventListener('abort', leave, { once: true });
    promise.then(
      (value) => end(() => resolve(value)),
      (error: unknown) => end(() => reject(error)),
    );
  });
}
