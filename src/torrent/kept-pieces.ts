import type { CacheBudget, Evictable } from '../source/range-cache/cache-budget.ts';
import { RangeSet } from '../source/range-set.ts';
import type { TorrentLayout } from './metainfo.ts';
import type { PieceFiles } from './piece-files.ts';

export interface KeptPiecesOptions {
  layout: TorrentLayout;
  files: PieceFiles;
  budget: CacheBudget;
  /** Whether a piece of `[from, end)` is wanted now: then it is not given up. */
  isWanted: (from: number, end: number) => boolean;
  /** Tells the engine that pieces `[from, end)`, all those of one file, are given up. Nobody reads from it any more. */
  drop: (from: number, end: number) => void;
}

/** A piece that an earlier run left takes its room, but is not to be read before it is verified. */
const ABSENT = 0;
const HERE = 1;
const UNVERIFIED = 2;

/** A file of pieces, as the budget counts it. */
interface PieceFile extends Evictable {
  readers: number;
  /** Set once its pieces are given up: the last reader's leave-taking, which lets the engine delete it. */
  onUnread: (() => void) | undefined;
}

/**
 * The pieces of one torrent that are on disk, counted against the budget of all films. What was used longest ago is given up first;
 * never what is being read, is wanted, or is pinned.
 */
export class KeptPieces {
  readonly #options: KeptPiecesOptions;
  readonly #here: Uint8Array;
  readonly #files = new Map<number, PieceFile>();
  /** Files that the engine was told to give up and has not yet. */
  readonly #dropping = new Set<number>();
  readonly #pinned = new RangeSet();
  #pinnedBytes = 0;
  #count = 0;
  #bytes = 0;

  constructor(options: KeptPiecesOptions) {
    this.#options = options;
    this.#here = new Uint8Array(options.layout.pieceCount);
  }

  get count(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#bytes;
  }

  has(piece: number): boolean {
    return this.#here[piece] === HERE;
  }

  /** A piece came. `no-room`: all else is pinned or wanted, so it is given up again. `gone`: its file is being given up. */
  add(piece: number): 'kept' | 'gone' | 'no-room' {
    const number = this.#options.files.numberOf(piece);
    if (this.#dropping.has(number)) return 'gone';
    if (this.#here[piece] !== ABSENT) {
      this.#here[piece] = HERE;
      return 'kept';
    }
    return this.#charge(piece, HERE);
  }

  /** An earlier run left a piece. */
  resume(piece: number): void {
    if (!this.#dropping.has(this.#options.files.numberOf(piece))) this.#charge(piece, UNVERIFIED);
  }

  #charge(piece: number, state: typeof HERE | typeof UNVERIFIED): 'kept' | 'no-room' {
    const { files, budget } = this.#options;
    const file = this.#fileOf(files.numberOf(piece));
    const length = files.lengthOf(piece);
    if (!budget.charge(file, length)) {
      budget.release(file);
      file.evict();
      return 'no-room';
    }
    this.#here[piece] = state;
    this.#count += 1;
    this.#bytes += length;
    return 'kept';
  }

  /** Runs `task` on a piece's file, which is kept meanwhile; `offset` is where the piece begins in it. */
  async use<T>(piece: number, task: (path: string, offset: number) => Promise<T>): Promise<T> {
    const { files, budget } = this.#options;
    const number = files.numberOf(piece);
    const file = this.#fileOf(number);
    file.readers += 1;
    budget.touch(file);
    try {
      return await task(files.pathOf(number), files.offsetOf(piece));
    } finally {
      file.readers -= 1;
      if (file.readers === 0) file.onUnread?.();
    }
  }

  /** Keeps bytes of the torrent whatever comes, as far as the budget leaves room for such. */
  pin(start: number, end: number): void {
    const more = end - start - this.#pinned.sizeWithin(start, end);
    if (more <= 0 || !this.#options.budget.reservePin(more)) return;
    this.#pinned.add(start, end);
    this.#pinnedBytes += more;
  }

  /** The engine has given up the file whose first piece is `from`. */
  dropped(from: number): void {
    this.#dropping.delete(this.#options.files.numberOf(from));
  }

  close(): void {
    const { budget } = this.#options;
    for (const file of this.#files.values()) budget.release(file);
    budget.releasePin(this.#pinnedBytes);
    this.#files.clear();
    this.#pinnedBytes = 0;
  }

  #fileOf(number: number): PieceFile {
    const known = this.#files.get(number);
    if (known) return known;
    const { files, layout, isWanted } = this.#options;
    const from = number * files.perFile;
    const end = Math.min(layout.pieceCount, from + files.perFile);
    const file: PieceFile = {
      readers: 0,
      onUnread: undefined,
      isPinned: () =>
        file.readers > 0 ||
        isWanted(from, end) ||
        this.#pinned.intersects(from * layout.pieceBytes, end * layout.pieceBytes),
      evict: () => this.#giveUp(file, number, from, end),
    };
    this.#files.set(number, file);
    return file;
  }

  #giveUp(file: PieceFile, number: number, from: number, end: number): void {
    for (let piece = from; piece < end; piece += 1) {
      if (this.#here[piece] === ABSENT) continue;
      this.#here[piece] = ABSENT;
      this.#count -= 1;
      this.#bytes -= this.#options.files.lengthOf(piece);
    }
    this.#files.delete(number);
    this.#dropping.add(number);
    if (file.readers === 0) this.#options.drop(from, end);
    else file.onUnread = () => this.#options.drop(from, end);
  }
}
