import { RaffiError } from '../errors.ts';
import { SingleFlight } from '../single-flight.ts';
import type { ByteSource, SourceInfo, SourceStats } from '../source/byte-source.ts';
import { SpareMemory } from '../source/spare-memory.ts';
import type { LookedFor, Surroundings } from '../source/surroundings.ts';
import type { ByteTimeline } from './byte-timeline.ts';
import { chooseFile } from './choose-file.ts';
import { FileDemand } from './file-demand.ts';
import type { FileProgress } from './file-progress.ts';
import type { TorrentFileInfo } from './metainfo.ts';
import { type TorrentStatus, type TorrentView, torrentStatus, torrentView } from './status.ts';
import type { TorrentEngine, TorrentLease } from './torrent-engine.ts';
import type { TorrentSpec } from './torrent-spec.ts';
import { torrentSurroundings } from './torrent-surroundings.ts';

/** Streams give out pieces of at most this much. */
const PART_BYTES = 512 * 1024;
/** Parts that were given back and are kept for the next ones, at most. */
const SPARE_BYTES = 4 * PART_BYTES;

export interface TorrentSourceOptions {
  engine: Pick<TorrentEngine, 'acquire'>;
  /** What to open; a function where that has to be fetched first (the URL of a `.torrent` file). */
  spec: TorrentSpec | ((signal: AbortSignal) => Promise<TorrentSpec>);
  /** The best film in it, unless told. */
  fileIdx?: number | undefined;
  /** Film time at which playing will begin once the film has been examined (`examined`), seconds. Absent: whatever is read is played. */
  startSeconds?: number | undefined;
  /** The torrent's description has come; its first piece is waited for. */
  onDescribed?: (() => void) | undefined;
}

interface Opened {
  info: SourceInfo;
  file: TorrentFileInfo;
  fileIdx: number;
  demand: FileDemand;
}

/** One file of a torrent, read like any other film. What is read is fetched first; what follows it is fetched ahead. */
export class TorrentSource implements ByteSource {
  readonly #options: TorrentSourceOptions;
  readonly #opening = new SingleFlight<Opened>();
  readonly #closed = new AbortController();
  readonly #memory = new SpareMemory(PART_BYTES, SPARE_BYTES);
  #lease: TorrentLease | undefined;
  /** From when its file is chosen, before any of it is here. */
  #demand: FileDemand | undefined;
  #opened: Opened | undefined;
  #closing: Promise<void> | undefined;
  #servedBytes = 0;
  #downloadsAll = false;

  constructor(options: TorrentSourceOptions) {
    this.#options = options;
    const { spec, engine } = options;
    // Known by its info-hash from now on, though nothing is fetched before somebody reads.
    if (typeof spec !== 'function') this.#lease = engine.acquire(spec);
  }

  async open(signal?: AbortSignal): Promise<SourceInfo> {
    return (await this.#open(signal)).info;
  }

  async read(start: number, end: number, signal?: AbortSignal): Promise<Uint8Array> {
    const { info } = await this.#open(signal);
    const from = Math.max(0, start);
    const to = Math.min(end, info.sizeBytes);
    if (to <= from) return new Uint8Array(0);
    const bytes = new Uint8Array(to - from);
    let filled = 0;
    for await (const part of this.#parts(from, to, signal)) {
      bytes.set(part, filled);
      filled += part.length;
      this.reuse(part);
    }
    return bytes;
  }

  async *stream(
    start: number,
    end: number,
    signal?: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const { info } = await this.#open(signal);
    yield* this.#parts(Math.max(0, start), Math.min(end, info.sizeBytes), signal);
  }

  reuse(piece: Uint8Array): void {
    this.#memory.giveBack(piece);
  }

  prefetch(start: number, end: number): void {
    this.#opened?.demand.hint(start, end);
  }

  /** Which bytes of the file hold which seconds of the film: from then on it is fetched by time. Playing will begin with what is read at `startSeconds`. */
  setTimeline(timeline: ByteTimeline, startSeconds: number): void {
    this.#demand?.setTimeline(timeline, startSeconds);
  }

  /** What is read from now on is played: see `startSeconds`. */
  examined(): void {
    this.#demand?.examined();
  }

  /**
   * All of the file is wanted from now on, from where it plays and then what lies before, as far as there is room; or no more than plays. Goes to the
   * network by itself. Never rejects: where the torrent cannot be had, whoever reads of it hears why.
   */
  downloadAll(isWanted: boolean): void {
    this.#downloadsAll = isWanted;
    this.#demand?.wantWhole(isWanted);
    if (isWanted) this.#open(undefined).catch(() => {});
  }

  get downloadsAll(): boolean {
    return this.#downloadsAll;
  }

  pin(start: number, end: number): void {
    const opened = this.#opened;
    if (!opened) return;
    const { offset, sizeBytes } = opened.file;
    this.#lease?.torrent.pin(offset + Math.max(0, start), offset + Math.min(end, sizeBytes));
  }

  async surroundings({ isFile }: LookedFor, signal: AbortSignal): Promise<Surroundings> {
    const { fileIdx } = await this.#open(signal);
    const { engine } = this.#options;
    const { torrent } = await this.#leased(signal);
    // A share of its own: another file is not where this film's viewer is.
    const open = (other: number) => new TorrentSource({ engine, spec: torrent.spec, fileIdx: other });
    return torrentSurroundings(await torrent.describe(signal), { fileIdx, isFile, open });
  }

  stats(): SourceStats {
    const torrent = this.#lease?.torrent;
    return {
      requests: 0,
      fetchedBytes: torrent?.swarm?.receivedBytes ?? 0,
      cachedBytes: torrent?.keptBytes ?? 0,
      servedBytes: this.#servedBytes,
      retries: 0,
    };
  }

  /** Which file it is; undefined before it is open. */
  get fileIdx(): number | undefined {
    return this.#opened?.fileIdx;
  }

  /** How far its file is; undefined before it is known which that is. */
  get progress(): FileProgress | undefined {
    return this.#demand?.progress();
  }

  /** What is known of the torrent and its swarm. Lists its files: for how it does now, `torrentStatus` is cheaper. */
  torrent(): TorrentView | undefined {
    const torrent = this.#lease?.torrent;
    return torrent && torrentView(torrent, this);
  }

  /** How the torrent does. */
  torrentStatus(): TorrentStatus | undefined {
    const torrent = this.#lease?.torrent;
    return torrent && torrentStatus(torrent, this.progress);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #open(signal: AbortSignal | undefined): Promise<Opened> {
    if (this.#closed.signal.aborted) return Promise.reject(closed());
    if (this.#opened) return Promise.resolve(this.#opened);
    return this.#opening.run('open', (running) => this.#openNow(running), signal);
  }

  async #openNow(waiting: AbortSignal): Promise<Opened> {
    const signal = AbortSignal.any([waiting, this.#closed.signal]);
    const { torrent } = await this.#leased(signal);
    const layout = await torrent.describe(signal);
    this.#options.onDescribed?.();
    const fileIdx = chooseFile(layout.files, this.#options.fileIdx);
    const file = layout.files[fileIdx];
    if (!file) throw new RaffiError('internal', 'The chosen file is not in the torrent.');
    const demand = new FileDemand(file, {
      pieceBytes: layout.pieceBytes,
      has: (piece) => torrent.has(piece),
      unfinishedBytes: (piece) => torrent.unfinishedBytes(piece),
      cacheBytes: torrent.cacheBytes,
      spareBytes: () => torrent.spareBytes,
      startSeconds: this.#options.startSeconds ?? null,
      onChange: () => torrent.update(),
      nowMs: () => performance.now(),
    });
    demand.wantWhole(this.#downloadsAll);
    this.#demand = demand;
    torrent.join(demand);
    const first = demand.reader(0, 1);
    try {
      // Nothing can be told of a film before its first bytes are there: its examination must not be what waits for them.
      await torrent.arrival(Math.floor(file.offset / layout.pieceBytes), signal);
    } catch (error) {
      if (this.#demand === demand) this.#demand = undefined;
      torrent.leave(demand);
      throw error;
    } finally {
      first.leave();
    }
    const name = file.path.split('/').at(-1) ?? file.path;
    this.#opened = { info: { sizeBytes: file.sizeBytes, name, contentType: null }, file, fileIdx, demand };
    return this.#opened;
  }

  async #leased(signal: AbortSignal): Promise<TorrentLease> {
    const { spec, engine } = this.#options;
    if (!this.#lease && typeof spec === 'function') {
      const fetched = await spec(signal);
      signal.throwIfAborted();
      this.#lease = engine.acquire(fetched);
    }
    if (!this.#lease) throw closed();
    return this.#lease;
  }

  /** The bytes of `[start, end)` of the file, piece by piece as they arrive. */
  async *#parts(
    start: number,
    end: number,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const opened = this.#opened;
    const torrent = this.#lease?.torrent;
    if (!opened || !torrent?.layout || end <= start) return;
    const { pieceBytes } = torrent.layout;
    const { offset } = opened.file;
    const reader = opened.demand.reader(start, end);
    const stop = signal ? AbortSignal.any([signal, this.#closed.signal]) : this.#closed.signal;
    // A seek away counts at once, not when the next piece arrives.
    stop.addEventListener('abort', reader.leave, { once: true });
    try {
      for (let position = start; position < end; ) {
        reader.moveTo(position);
        const piece = Math.floor((offset + position) / pieceBytes);
        await torrent.arrival(piece, stop);
        const to = Math.min(end, position + PART_BYTES);
        const part = await torrent.readPiece(offset + position, offset + to, (size) =>
          this.#memory.take(size),
        );
        stop.throwIfAborted();
        position += part.length;
        this.#servedBytes += part.length;
        yield part;
      }
      reader.moveTo(end);
    } finally {
      stop.removeEventListener('abort', reader.leave);
      reader.leave();
    }
  }

  async #close(): Promise<void> {
    this.#closed.abort(closed());
    this.#opening.abortAll(closed());
    if (this.#demand) this.#lease?.torrent.leave(this.#demand);
    await this.#lease?.release();
  }
}

function closed(): RaffiError {
  return new RaffiError('aborted', 'The source was closed.');
}
