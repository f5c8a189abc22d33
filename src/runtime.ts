import { networkInterfaces } from 'node:os';
import path from 'node:path';
import type { Express } from 'express';
import { version } from '../package.json';
import { manifestAccess } from './adaptive/manifest-access.ts';
import { LanAccess, type LanAccessOptions } from './cast/lan-access.ts';
import { RemoteControl, type RemoteControlOptions } from './cast/remote.ts';
import type { CoreConfig } from './config.ts';
import { RaffiError } from './errors.ts';
import type { BinaryStatus } from './ffmpeg/binaries.ts';
import { createEncodedStore } from './ffmpeg/encode/encoded-store.ts';
import { Encoders } from './ffmpeg/encode/encoders/encoders.ts';
import { encoderSlots } from './ffmpeg/encode/slots.ts';
import { ColourTables } from './ffmpeg/tone-map/colour-tables.ts';
import { FfmpegTools } from './ffmpeg/tools.ts';
import type { BinaryHealth, Health } from './health.ts';
import { createSegmentCache } from './hls/packager.ts';
import { createApp } from './http/app.ts';
import { covers } from './http/bind.ts';
import { type Listening, listen } from './http/listen.ts';
import { NeighbourLimits } from './http/neighbour-limits.ts';
import type { Log } from './log.ts';
import { probeWithFfprobe } from './probe/ffprobe.ts';
import { Prober } from './probe/prober.ts';
import { WAIT_BOUNDS, type WaitBounds } from './session/bounded-wait.ts';
import type { SessionDeps } from './session/deps.ts';
import { FilmSessionStore } from './session/store.ts';
import type { SessionRequest } from './session/types.ts';
import {
  CacheBudget,
  createRunFolder,
  openSource,
  type RunFolder,
  removeStaleRuns,
  type SourceDeps,
  watchedLookup,
} from './source/index.ts';
import type { TorrentBounds } from './torrent/torrent.ts';
import { TorrentEngine } from './torrent/torrent-engine.ts';
import { TorrentLinks } from './torrent/torrent-links.ts';
import { TorrentShelf } from './torrent/torrent-shelf.ts';
import { TorrentSource } from './torrent/torrent-source.ts';

/** What sources do with the network, where the embedding program or a test wants it otherwise. */
export type Network = Pick<SourceDeps, 'lookup' | 'timeouts' | 'retry'> & {
  /** How long requests wait for what comes from it. */
  waits?: Partial<WaitBounds>;
  torrents?: Partial<TorrentBounds>;
  cast?: CastTiming;
};

/** How long a token lasts, and how patient the remote control is with a device. */
export type CastTiming = Pick<RemoteControlOptions, 'heartbeatMs' | 'reconnectPausesMs'> & {
  tokenTtlSeconds?: number;
};

/** Produced segments kept in memory: the last few at 8 Mb/s. At 40 Mb/s one alone is larger, and made anew from cached bytes in 50 ms. */
const SEGMENT_CACHE_BYTES = 16 * 1024 * 1024;

/** Encoded segments kept in memory, since they cost most to make: half a minute of 1080p at its peak, minutes of sound. */
const ENCODED_STORE_BYTES = 40 * 1024 * 1024;

/** Everything one start of the core owns; `close()` gives all of it back. */
export class Runtime {
  readonly store: FilmSessionStore;
  readonly #startedAt = performance.now();
  readonly torrents: TorrentEngine;
  readonly castAccess: LanAccess;
  readonly cast: RemoteControl;
  readonly #torrentShelf: TorrentShelf;
  readonly #tools: FfmpegTools;
  readonly #encoders: Encoders;
  readonly #runFolder: RunFolder;
  readonly #limits = new NeighbourLimits({ isDevice: (address) => this.castAccess.isDevice(address) });
  readonly #app: Express;
  #listening: Listening | undefined;

  /** Makes the run's folder (and removes what dead runs left), restores sessions, then listens. */
  static async start(
    config: CoreConfig,
    log: Log,
    options: { restore: readonly SessionRequest[]; onChange: () => void; network: Network },
  ): Promise<Runtime> {
    const runtime = new Runtime(config, log, await createRunFolder(config.cacheDir), options);
    const shelf = runtime.#torrentShelf;
    const cleaned = removeStaleRuns(config.cacheDir, (folder) => shelf.rescue(folder));
    shelf.open(cleaned);
    cleaned.then((removed) => {
      if (removed.length > 0) log.info({ removed }, 'removed what earlier runs left');
    });
    try {
      for (const request of options.restore) runtime.store.create(request);
      runtime.#listening = await listen(runtime.#app, config, runtime.#limits);
    } catch (error) {
      await runtime.close();
      throw error;
    }
    return runtime;
  }

  private constructor(
    config: CoreConfig,
    log: Log,
    runFolder: RunFolder,
    { onChange, network }: { onChange: () => void; network: Network },
  ) {
    this.#runFolder = runFolder;
    this.#tools = new FfmpegTools({
      ffmpegPath: config.ffmpegBin ?? undefined,
      ffprobePath: config.ffprobeBin ?? undefined,
      resourcesDir: config.resourcesDir ?? undefined,
    });
    this.#encoders = new Encoders({
      tools: this.#tools,
      cacheDir: config.cacheDir,
      runDir: runFolder.path,
      knownSpeed: config.encoderSpeed ?? undefined,
      onChange,
    });
    const { waits, torrents, cast = {}, ...patience } = network;
    const budget = new CacheBudget(config.cacheBytes);
    const sourceDeps = { ...patience, cacheDir: runFolder.path, budget };
    this.#torrentShelf = new TorrentShelf({
      folder: path.join(config.cacheDir, 'torrents'),
      budget,
      keeps: config.torrent.keep,
    });
    this.torrents = new TorrentEngine({
      settings: config.torrent,
      entry: config.torrentEntry,
      folder: runFolder.path,
      shelf: this.#torrentShelf,
      budget,
      bounds: torrents,
      log,
    });
    this.store = new FilmSessionStore({
      openSource: sourceOpener(this.torrents, sourceDeps),
      manifestAccess: ({ kind, source: url, headers }) =>
        kind === 'http' ? manifestAccess({ url, headers }, sourceDeps) : null,
      createProber: (source, cooldownMs) =>
        new Prober({ examine: (signal) => probeWithFfprobe(source, this.#tools, signal), cooldownMs }),
      waits: { ...WAIT_BOUNDS, ...waits },
      segmentCache: createSegmentCache(SEGMENT_CACHE_BYTES),
      encoders: {
        tools: this.#tools,
        colourTables: new ColourTables(runFolder.path),
        pictureEncoder: this.#encoders,
        store: createEncodedStore(ENCODED_STORE_BYTES),
        slots: encoderSlots(),
        now: () => performance.now(),
      },
      log,
      now: () => performance.now(),
      onChange,
      onRemoved: (sessionId) => this.castAccess.sessionClosed(sessionId),
    });
    this.castAccess = new LanAccess({
      sessions: this.store,
      interfaces: networkInterfaces,
      castHost: config.castHost,
      log,
      ...this.#network(),
    });
    const { tokenTtlSeconds, ...timing } = cast;
    this.cast = new RemoteControl({
      ...timing,
      films: { sessions: this.store, access: this.castAccess, tokenTtlSeconds },
      hasFetched: (address) => this.castAccess.isDevice(address),
      log,
    });
    this.#app = createApp({
      store: this.store,
      torrents: this.torrents,
      castAccess: this.castAccess,
      health: () => this.health(),
      config,
      log,
    });
  }

  get baseUrl(): string {
    return this.#listening?.baseUrl ?? '';
  }

  /** Settles when ffmpeg and ffprobe have been looked for: from then on `health()` knows of them. */
  async findBinaries(): Promise<void> {
    await this.#tools.binaries.resolve();
  }

  health(): Health {
    const known = this.#tools.binaries.known;
    return {
      ok: true,
      service: 'raffi',
      version,
      uptimeSeconds: (performance.now() - this.#startedAt) / 1000,
      sessions: this.store.list().length,
      ffmpeg: {
        ffmpeg: binaryHealth(known?.ffmpeg),
        ffprobe: binaryHealth(known?.ffprobe),
        encoder: this.#encoders.health,
      },
    };
  }

  /** Sockets first, so that nothing new begins; then sessions, processes and files. */
  async close(): Promise<void> {
    const cast = this.cast.close().then(() => this.castAccess.close());
    await Promise.all([this.#listening?.close(), cast]);
    this.#encoders.stop();
    await this.store.close();
    await this.torrents.close();
    await this.#tools.stop();
    await this.#runFolder.remove();
  }

  /** How the network reaches the same app: at the core's own socket, or at one more. */
  #network(): Pick<LanAccessOptions, 'ownPort' | 'listenAt'> {
    const own = () => {
      if (!this.#listening)
        throw new RaffiError('core_unavailable', 'The streaming core is not listening yet.');
      return this.#listening;
    };
    return {
      ownPort: (address) => (covers(own().address, address) ? own().port : null),
      listenAt: (host) =>
        listen(this.#app, { host, port: own().port, portFallback: true, hostOnly: true }, this.#limits),
    };
  }
}

/** How a session's source is opened, whichever kind it is. */
function sourceOpener(engine: TorrentEngine, deps: SourceDeps): SessionDeps['openSource'] {
  const links = new TorrentLinks(engine);
  return (request, onStage) => {
    const { kind, source, headers, fileIdx, startTime = 0 } = request;
    if (kind === 'file') return openSource({ kind, path: source }, deps);
    const openUrl = (url: string) =>
      openSource(
        { kind: 'http', url, headers },
        { ...deps, lookup: watchedLookup(deps.lookup, () => onStage('connect')) },
      );
    if (kind === 'http') return openUrl(source);
    return new TorrentSource({
      engine,
      spec: links.specOf(request, openUrl),
      fileIdx,
      startSeconds: startTime,
      onDescribed: () => onStage('first_piece'),
    });
  };
}

function binaryHealth(status: BinaryStatus | undefined): BinaryHealth {
  if (!status) return { missing: 'It is still being looked for.' };
  if ('missing' in status) return status;
  const { origin: _ours, ...health } = status;
  return health;
}
