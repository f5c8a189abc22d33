import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { RaffiError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { CacheBudget } from '../source/range-cache/cache-budget.ts';
import { EngineThread } from './engine-thread.ts';
import type { FromEngine, ToEngine } from './protocol.ts';
import type { TorrentSettings } from './settings.ts';
import { TORRENT_BOUNDS, Torrent, type TorrentBounds } from './torrent.ts';
import { TorrentShelf } from './torrent-shelf.ts';
import type { TorrentSpec } from './torrent-spec.ts';

export interface TorrentEngineOptions {
  settings: TorrentSettings;
  /** The built entry of the engine's thread; null when run from the sources. */
  entry: string | null;
  /** The run's own folder. */
  folder: string;
  /** Where torrents go that nobody has open any more, and come from. */
  shelf: TorrentShelf;
  budget: CacheBudget;
  bounds?: Partial<TorrentBounds> | undefined;
  log: Log;
}

/** A share in a torrent. The last one given back ends it. */
export interface TorrentLease {
  readonly torrent: Torrent;
  /** Idempotent. Settles when, for the last share, all it held is gone. */
  release(): Promise<void>;
}

interface Entry {
  /** Tells this torrent's messages from those of an earlier one with the same info-hash. */
  key: string;
  torrent: Torrent;
  folder: string;
  leases: number;
  /** Once it is started: settles when what was kept of it is in its folder. */
  prepared: Promise<void> | undefined;
}

/**
 * The torrents of one core. There is no thread, no socket and no file before the first one is started, and none after the last has
 * ended.
 */
export class TorrentEngine {
  readonly #options: TorrentEngineOptions;
  readonly #torrents = new Map<string, Entry>();
  /** By info-hash: the last torrent of that name may still be on its way out. */
  readonly #endings = new Map<string, Promise<void>>();
  #thread: EngineThread | undefined;
  /** Of the last thread. */
  #threadEnding: Promise<void> | undefined;

  constructor(options: TorrentEngineOptions) {
    this.#options = options;
  }

  /** The torrent if somebody has it open. */
  get(infoHash: string): Torrent | undefined {
    return this.#torrents.get(infoHash)?.torrent;
  }

  /** A share in the torrent, opened if it is not. Does not go to the network. */
  acquire(spec: TorrentSpec): TorrentLease {
    const entry = this.#torrents.get(spec.infoHash) ?? this.#open(spec);
    entry.leases += 1;
    let ended: Promise<void> | undefined;
    const release = async () => {
      entry.leases -= 1;
      if (entry.leases === 0) await this.#end(entry);
    };
    return {
      torrent: entry.torrent,
      release: () => {
        ended ??= release();
        return ended;
      },
    };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#torrents.values()].map((entry) => this.#end(entry)));
    await Promise.all(this.#endings.values());
    await this.#thread?.close();
    await this.#options.shelf.close();
  }

  #open(spec: TorrentSpec): Entry {
    const { budget, bounds } = this.#options;
    const key = randomUUID();
    const folder = path.join(this.#options.folder, TorrentShelf.nameInRun(spec.infoHash, key));
    const torrent = new Torrent({
      key,
      spec,
      folder,
      budget,
      bounds: { ...TORRENT_BOUNDS, ...bounds },
      send: (message) => this.#send(message, entry),
    });
    const entry: Entry = { key, torrent, folder, leases: 0, prepared: undefined };
    this.#torrents.set(spec.infoHash, entry);
    return entry;
  }

  #end(entry: Entry): Promise<void> {
    const { infoHash } = entry.torrent.spec;
    if (this.#torrents.get(infoHash) !== entry) return Promise.resolve();
    this.#torrents.delete(infoHash);
    return this.#track(infoHash, this.#endNow(entry));
  }

  #track(infoHash: string, work: Promise<void>): Promise<void> {
    const ending = work.finally(() => {
      if (this.#endings.get(infoHash) === ending) this.#endings.delete(infoHash);
    });
    this.#endings.set(infoHash, ending);
    return ending;
  }

  async #endNow({ torrent, folder, key, prepared }: Entry): Promise<void> {
    torrent.close();
    await prepared;
    const thread = this.#thread;
    if (thread && this.#torrents.size === 0 && !this.#options.settings.features.includes('webrtc')) {
      // With its last torrent the whole thread goes: its listening sockets, its memory, all that it may have left behind.
      this.#thread = undefined;
      this.#threadEnding = thread.close();
      await this.#threadEnding;
    } else if (thread) {
      await thread.remove(key);
    }
    await this.#options.shelf.put(torrent.spec.infoHash, folder);
  }

  #send(message: ToEngine, entry: Entry): void {
    // What is said of a torrent that has ended, or crashed with its thread, is nobody's business.
    if (message.type !== 'add') this.#thread?.post(message);
    else entry.prepared = this.#add(message, entry);
  }

  async #add(message: Extract<ToEngine, { type: 'add' }>, entry: Entry): Promise<void> {
    const { shelf } = this.#options;
    const { infoHash } = message.spec;
    // What ends now may hold the port, and what is kept of this torrent.
    await Promise.all([this.#threadEnding, this.#endings.get(infoHash)]);
    await shelf.take(infoHash, entry.folder);
    if (this.#torrents.get(infoHash) !== entry) return shelf.put(infoHash, entry.folder);
    this.#thread ??= this.#startThread();
    this.#thread.post(message);
  }

  async #putAfterCrash({ spec }: Torrent, folder: string): Promise<void> {
    await this.#threadEnding;
    // A folder that cannot be removed goes with the run's.
    await this.#options.shelf.put(spec.infoHash, folder).catch(() => {});
  }

  #startThread(): EngineThread {
    const { settings, entry } = this.#options;
    return new EngineThread({
      settings: withWebRtcOnce(settings),
      entry,
      onMessage: (reply) => this.#handle(reply),
      onCrash: (reason) => this.#crashed(reason),
    });
  }

  #handle(message: FromEngine): void {
    if (message.type === 'broken') {
      this.#crashed(
        new Error(message.message),
        message.because ? adviceFor(message.because, message.message) : undefined,
      );
      return;
    }
    for (const { key, torrent } of this.#torrents.values()) if (key === message.key) torrent.handle(message);
  }

  /** Every torrent of the thread is lost with it; the next one that is opened gets a new thread. */
  #crashed(err: Error, advice = 'The torrent engine failed. Open the torrent again.'): void {
    this.#options.log.error({ err }, 'the torrent engine failed');
    const thread = this.#thread;
    this.#thread = undefined;
    const error = new RaffiError('torrent_failed', advice, { cause: err });
    const lost = [...this.#torrents.values()];
    this.#torrents.clear();
    this.#threadEnding = thread?.close();
    for (const { torrent, folder } of lost) {
      torrent.close(error);
      void this.#track(torrent.spec.infoHash, this.#putAfterCrash(torrent, folder));
    }
  }
}

function adviceFor(because: 'port-taken' | 'blocklist', reason: string): string {
  return because === 'port-taken'
    ? 'Another program uses the port for peers. Set RAFFI_TORRENT_ADDR to a free one, or to port 0, and start again.'
    : `The list of blocked addresses cannot be used (${reason}). Mend the file that RAFFI_TORRENT_BLOCKLIST names, then open the torrent again.`;
}

let hadWebRtc = false;

/** The process's first thread with WebRTC is its only one, see `ON_DEMAND`: after that thread failed, torrents do without. */
function withWebRtcOnce(settings: TorrentSettings): TorrentSettings {
  if (!settings.features.includes('webrtc')) return settings;
  if (hadWebRtc)
    return { ...settings, features: settings.features.filter((feature) => feature !== 'webrtc') };
  hadWebRtc = true;
  return settings;
}
