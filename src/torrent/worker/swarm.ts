import type WebTorrent from 'webtorrent';
import type { Torrent, Wire } from 'webtorrent';
import { RaffiError, toRaffiError } from '../../errors.ts';
import { parseLayout } from '../metainfo.ts';
import type { FromEngine, SwarmReport } from '../protocol.ts';
import type { TorrentSpec } from '../torrent-spec.ts';
import type { PieceWant } from '../wants.ts';
import { Downloader } from './downloader.ts';
import { openTorrent } from './open-torrent.ts';
import type { PieceProgress } from './piece-progress.ts';
import type { PieceStore } from './piece-store.ts';
import { PoisonGuard } from './poison-guard.ts';

const REPORT_INTERVAL_MS = 500;

export interface SwarmOptions {
  client: WebTorrent;
  key: string;
  spec: TorrentSpec;
  folder: string;
  /** Trackers of our own that are asked too. */
  trackers: readonly string[];
  webSeeds: boolean;
  webRtc: boolean;
  send: (message: FromEngine) => void;
}

/** One torrent in the engine's thread: its peers, and its pieces from the wire to the disk. */
export class Swarm {
  readonly #options: SwarmOptions;
  readonly #torrent: Torrent;
  readonly #downloader: Downloader;
  readonly #poison = new PoisonGuard();
  readonly #writing = new Map<number, Promise<void>>();
  readonly #reporter: NodeJS.Timeout;
  #store: PieceStore | undefined;
  #trouble: string | null = null;
  #told = '';
  #isClosed = false;

  constructor(options: SwarmOptions) {
    this.#options = options;
    this.#torrent = openTorrent(options, (store) => {
      this.#store = store;
    });
    this.#downloader = new Downloader({
      torrent: this.#torrent,
      nowMs: () => performance.now(),
      onWhole: (piece) => void this.#check(piece),
    });
    // Seams (see webtorrent.d.ts): who is asked for what is the downloader's to say, and a new folder needs no checking.
    this.#torrent._updateWire = (wire) => this.#downloader.fill(wire);
    this.#torrent._verifyPieces = (done) => done(null);
    this.#torrent.on('metadata', () => this.#onMetadata());
    this.#torrent.on('wire', (wire: Wire) => {
      if (this.#poison.isBanned(wire)) wire.destroy();
    });
    this.#torrent.on('warning', (error: Error) => {
      this.#trouble = error.message.slice(0, 200);
    });
    this.#torrent.on('error', (error: Error) => this.#fail(error));
    this.#reporter = setInterval(() => this.#report(), REPORT_INTERVAL_MS).unref();
  }

  get infoHash(): string {
    return this.#options.spec.infoHash;
  }

  want(wants: readonly PieceWant[]): void {
    if (!this.#isClosed) this.#downloader.want(wants);
  }

  /** Gives up the pieces of one file. What is being written there is let finish first. */
  async drop(from: number, end: number): Promise<void> {
    for (let index = from; index < end; index += 1) await this.#writing.get(index);
    if (this.#isClosed) return;
    for (let index = from; index < end; index += 1) {
      if (!this.#torrent.bitfield.get(index)) continue;
      this.#torrent._markUnverified(index);
      for (const wire of this.#torrent.wires) wire.lt_donthave.donthave(index);
    }
    this.#store?.discard(from);
  }

  /** Leaves the swarm. Settles once its sockets and files are closed. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#reporter);
    this.#downloader.close();
    await Promise.allSettled(this.#writing.values());
    if (this.#torrent.destroyed) return;
    await new Promise<void>((resolve) => this.#torrent.destroy({ destroyStore: false }, () => resolve()));
  }

  #onMetadata(): void {
    try {
      const layout = parseLayout(this.#torrent.torrentFile);
      this.#options.send({ type: 'layout', key: this.#options.key, layout });
    } catch (error) {
      this.#fail(error);
    }
  }

  async #check(piece: PieceProgress<Wire>): Promise<void> {
    const { index, bytes, givers } = piece;
    const digest = Buffer.from(await crypto.subtle.digest('SHA-1', bytes as Uint8Array<ArrayBuffer>));
    if (this.#isClosed) return;
    const isRight = digest.toString('hex') === this.#torrent._hashes[index];
    for (const wire of this.#poison.judge(givers, isRight)) wire.destroy();
    if (isRight) {
      const write = this.#keep(index, bytes);
      this.#writing.set(index, write);
      await write;
      this.#writing.delete(index);
    }
    this.#downloader.checked(index);
    if (!this.#isClosed) for (const wire of this.#torrent.wires) this.#downloader.fill(wire);
  }

  async #keep(index: number, bytes: Uint8Array): Promise<void> {
    try {
      await this.#store?.write(index, bytes);
    } catch (error) {
      this.#tellWriteFailure(error);
      return;
    }
    if (this.#isClosed) return;
    this.#torrent._markVerified(index);
    for (const wire of this.#torrent.wires) wire.have(index);
    this.#options.send({ type: 'piece', key: this.#options.key, index });
  }

  /** The piece is lost, the torrent is not: once there is room, whoever wants it fetches it again. */
  #tellWriteFailure(error: unknown): void {
    const { code } = error as NodeJS.ErrnoException;
    const isFull = code === 'ENOSPC' || code === 'EDQUOT';
    this.#downloader.want([]);
    this.#options.send({
      type: 'failure',
      key: this.#options.key,
      code: isFull ? 'cache_full' : 'torrent_failed',
      message: isFull
        ? 'The disk is full, so the torrent cannot be kept. Free some space, then play on.'
        : `The torrent cannot be written to the cache folder (${code ?? 'unknown error'}). Check that disk, then play on.`,
      fatal: false,
    });
  }

  #report(): void {
    const { wires } = this.#torrent;
    const swarm: SwarmReport = {
      peers: wires.length,
      seeds: wires.filter((wire) => wire.isSeeder).length,
      known: this.#torrent._peersLength,
      downloadSpeed: Math.round(this.#torrent.downloadSpeed),
      uploadSpeed: Math.round(this.#torrent.uploadSpeed),
      receivedBytes: this.#torrent.received,
      uploadedBytes: this.#torrent.uploaded,
      trouble: this.#trouble,
    };
    const text = JSON.stringify(swarm);
    if (text === this.#told) return;
    this.#told = text;
    this.#options.send({ type: 'swarm', key: this.#options.key, swarm });
  }

  #fail(thrown: unknown): void {
    const error =
      thrown instanceof RaffiError
        ? thrown
        : new RaffiError(
            'torrent_failed',
            `The torrent had to be given up (${thrown instanceof Error ? thrown.message.slice(0, 200) : 'unknown error'}). Open it again.`,
          );
    const { code, message } = toRaffiError(error);
    this.#options.send({ type: 'failure', key: this.#options.key, code, message, fatal: true });
  }
}
