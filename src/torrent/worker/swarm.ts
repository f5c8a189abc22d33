import { createHash } from 'node:crypto';
import type WebTorrent from 'webtorrent';
import type { Torrent, Wire } from 'webtorrent';
import { RaffiError, toRaffiError } from '../../errors.ts';
import type { AddressRanges } from '../address-ranges.ts';
import { parseLayout } from '../metainfo.ts';
import { PieceBits } from '../piece-bits.ts';
import type { FromEngine, SwarmReport } from '../protocol.ts';
import type { TorrentSpec } from '../torrent-spec.ts';
import { troubleText } from '../tracker-name.ts';
import type { PieceWant } from '../wants.ts';
import { Discovery } from './discovery.ts';
import { Downloader } from './downloader.ts';
import { guardTorrent } from './guard-torrent.ts';
import { guardWire } from './guard-wire.ts';
import type { LocalDiscovery } from './local-discovery.ts';
import { openTorrent } from './open-torrent.ts';
import type { PieceProgress } from './piece-progress.ts';
import type { PieceStore } from './piece-store.ts';
import { type ResumeData, ResumeWriter } from './resume-data.ts';
import { SmartBan } from './smart-ban.ts';

const REPORT_INTERVAL_MS = 500;

export interface SwarmOptions {
  client: WebTorrent;
  key: string;
  spec: TorrentSpec;
  folder: string;
  /** Whether a later run is to find what this one fetched. */
  keep: boolean;
  /** What an earlier one left in the folder. */
  resume: ResumeData | null;
  /** Trackers of our own that are asked too. */
  trackers: readonly string[];
  webSeeds: boolean;
  webRtc: boolean;
  /** How WebRTC connects, where not as usual. */
  rtcConfig: object | undefined;
  /** Null where peers of the local network are not looked for. */
  local: LocalDiscovery | null;
  /** Addresses that are not talked to. */
  blocked: AddressRanges | null;
  send: (message: FromEngine) => void;
}

/** One torrent in the engine's thread: its peers, and its pieces from the wire to the disk. */
export class Swarm {
  readonly #options: SwarmOptions;
  readonly #torrent: Torrent;
  readonly #discovery: Discovery;
  readonly #downloader: Downloader;
  readonly #bans = new SmartBan();
  readonly #writing = new Map<number, Promise<void>>();
  /** Pieces that an earlier run left and that nobody has looked at yet. */
  readonly #unverified: PieceBits;
  readonly #reporter: NodeJS.Timeout;
  #store: PieceStore | undefined;
  #resumeWriter: ResumeWriter | undefined;
  #wants: readonly PieceWant[] = [];
  #isVerifying = false;
  #trouble: string | null = null;
  #told = '';
  #isClosed = false;

  constructor(options: SwarmOptions) {
    this.#options = options;
    this.#unverified = options.resume?.have.clone() ?? new PieceBits(0);
    this.#torrent = openTorrent(options, (store) => {
      this.#store = store;
    });
    guardTorrent(this.#torrent, (error) => this.#fail(error));
    const { client, spec, trackers, webRtc, rtcConfig, local, blocked } = options;
    this.#discovery = new Discovery({
      client,
      torrent: this.#torrent,
      trackers: spec.trackers,
      ownTrackers: spec.ownTrackers ?? [],
      defaultTrackers: trackers,
      webRtc,
      rtcConfig,
      local,
      blocked,
      onTrouble: (text) => {
        this.#trouble = text;
      },
    });
    this.#downloader = new Downloader({
      torrent: this.#torrent,
      nowMs: () => performance.now(),
      mayBeHere: (piece) => this.#unverified.has(piece),
      isSuspect: (piece) => this.#bans.isSuspect(piece),
      isBanned: (wire) => this.#bans.isBanned(wire),
      onWhole: (piece) => void this.#check(piece),
    });
    // Seams (see webtorrent.d.ts): who is asked for what is the downloader's to say, and pieces are verified when they are wanted.
    this.#torrent._updateWire = (wire) => this.#downloader.fill(wire);
    this.#torrent._verifyPieces = (done) => done(null);
    this.#torrent.on('metadata', () => this.#onMetadata());
    this.#torrent.on('wire', (wire: Wire) => {
      guardWire(wire, this.#torrent);
      // However it came to be: over uTP and WebRTC nothing tells its address before.
      const isBlocked = blocked?.has(wire.remoteAddress ?? '') ?? false;
      if (isBlocked || this.#bans.isBanned(wire)) wire.destroy();
    });
    this.#torrent.on('warning', (error: unknown) => this.tellTrouble(error));
    this.#torrent.on('error', (error: Error) => this.#fail(error));
    this.#reporter = setInterval(() => this.#report(), REPORT_INTERVAL_MS).unref();
  }

  get infoHash(): string {
    return this.#options.spec.infoHash;
  }

  want(wants: readonly PieceWant[]): void {
    if (this.#isClosed) return;
    this.#wants = wants;
    this.#downloader.want(wants);
    void this.#verifyWanted();
  }

  /** Gives up the pieces of one file. What is being written there is let finish first. */
  async drop(from: number, end: number): Promise<void> {
    for (let index = from; index < end; index += 1) await this.#writing.get(index);
    if (this.#isClosed) return;
    for (let index = from; index < end; index += 1) {
      this.#unverified.delete(index);
      this.#resumeWriter?.delete(index);
      if (!this.#torrent.bitfield.get(index)) continue;
      this.#torrent._markUnverified(index);
      for (const wire of this.#torrent.wires) wire.lt_donthave.donthave(index);
    }
    this.#store?.discard(from);
  }

  /** Something went wrong that the torrent does without. */
  tellTrouble(error: unknown): void {
    this.#trouble = troubleText(error);
  }

  /** Leaves the swarm. Settles once its sockets and files are closed. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#reporter);
    this.#downloader.close();
    await Promise.allSettled(this.#writing.values());
    await this.#resumeWriter?.close();
    await Promise.all([this.#discovery.close(), this.#destroyTorrent()]);
  }

  async #destroyTorrent(): Promise<void> {
    if (this.#torrent.destroyed) return;
    await new Promise<void>((resolve) => this.#torrent.destroy({ destroyStore: false }, () => resolve()));
  }

  #onMetadata(): void {
    try {
      const { key, folder, keep, resume, send } = this.#options;
      const metainfo = this.#torrent.torrentFile;
      const layout = parseLayout(metainfo);
      const have = resume?.have ?? new PieceBits(layout.pieceCount);
      if (keep) this.#resumeWriter = new ResumeWriter(folder, { metainfo, have });
      send({ type: 'layout', key, layout, resumed: resume?.have.bytes ?? null });
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Looks at what an earlier run left of what is wanted, most urgent first, one piece at a time. What is wrong is fetched. */
  async #verifyWanted(): Promise<void> {
    if (this.#isVerifying) return;
    this.#isVerifying = true;
    for (let index = this.#nextToVerify(); index !== null; index = this.#nextToVerify()) {
      const bytes = await this.#store?.read(index).catch(() => null);
      const isRight = bytes ? this.#isRight(index, bytes) : false;
      if (this.#isClosed) return;
      // Given up meanwhile?
      if (!this.#unverified.has(index)) continue;
      this.#unverified.delete(index);
      if (isRight) this.#announce(index);
      else this.#resumeWriter?.delete(index);
      this.#downloader.fillAll();
    }
    this.#isVerifying = false;
  }

  #nextToVerify(): number | null {
    for (const { from, end } of this.#wants) {
      for (let index = from; index < end; index += 1) if (this.#unverified.has(index)) return index;
    }
    return null;
  }

  /** In this thread, which is the engine's own: `subtle.digest` copies each piece for another one. */
  #isRight(index: number, bytes: Uint8Array): boolean {
    return createHash('sha1').update(bytes).digest('hex') === this.#torrent._hashes[index];
  }

  async #check(piece: PieceProgress<Wire>): Promise<void> {
    const { index, bytes } = piece;
    if (this.#isClosed) return;
    const isRight = this.#isRight(index, bytes);
    if (this.#bans.judge(piece, isRight)) this.#leaveBanned();
    if (isRight) {
      const write = this.#keep(index, bytes);
      this.#writing.set(index, write);
      await write;
      this.#writing.delete(index);
    }
    this.#downloader.checked(piece);
    if (!this.#isClosed) this.#downloader.fillAll();
  }

  #leaveBanned(): void {
    this.#downloader.distrust();
    for (const wire of [...this.#torrent.wires]) if (this.#bans.isBanned(wire)) wire.destroy();
  }

  async #keep(index: number, bytes: Uint8Array): Promise<void> {
    try {
      await this.#store?.write(index, bytes);
    } catch (error) {
      this.#tellWriteFailure(error);
      return;
    }
    if (this.#isClosed) return;
    this.#resumeWriter?.add(index);
    this.#announce(index);
  }

  /** A piece is verified and on disk: peers and the core may know. */
  #announce(index: number): void {
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
    // One that is banned comes back and is sent away again, on and on.
    const wires = this.#torrent.wires.filter((wire) => !this.#bans.isBanned(wire));
    const swarm: SwarmReport = {
      peers: wires.length,
      seeds: wires.filter((wire) => wire.isSeeder).length,
      known: this.#torrent._peersLength,
      downloadSpeed: Math.round(this.#torrent.downloadSpeed),
      uploadSpeed: Math.round(this.#torrent.uploadSpeed),
      receivedBytes: this.#downloader.receivedBytes,
      uploadedBytes: this.#torrent.uploaded,
      unfinished: this.#downloader.unfinished(),
      trouble: this.#trouble,
      ...this.#discovery.report(),
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
