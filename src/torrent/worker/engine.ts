import type { MessagePort } from 'node:worker_threads';
import type WebTorrent from 'webtorrent';
import type { AddressRanges } from '../address-ranges.ts';
import type { FromEngine, ToEngine } from '../protocol.ts';
import { DEFAULT_TRACKERS, type TorrentSettings } from '../settings.ts';
import { createClient, isAnyAddress, rtcConfig } from './create-client.ts';
import { LocalDiscovery } from './local-discovery.ts';
import { readResumeData } from './resume-data.ts';
import { Swarm } from './swarm.ts';

/** One webtorrent client and its torrents. Ends its thread once it is told to close and all sockets are. */
export class Engine {
  readonly #port: MessagePort;
  readonly #settings: TorrentSettings;
  readonly #blocked: AddressRanges | null;
  readonly #client: WebTorrent;
  readonly #local: LocalDiscovery | null;
  readonly #swarms = new Map<string, Promise<Swarm>>();
  /** Torrents on their way out, by info-hash: the client takes none twice. */
  readonly #leaving = new Map<string, Promise<void>>();

  constructor(port: MessagePort, settings: TorrentSettings, blocked: AddressRanges | null) {
    this.#port = port;
    this.#settings = settings;
    this.#blocked = blocked;
    this.#client = createClient(settings, blocked);
    this.#local = settings.features.includes('lsd')
      ? new LocalDiscovery({
          addresses: isAnyAddress(settings.host) ? undefined : () => [settings.host],
          onTrouble: (error) => void this.#tellAll(error),
        })
      : null;
    this.#client.on('error', ({ message, code }: NodeJS.ErrnoException) => {
      this.#send({ type: 'broken', message, because: code === 'EADDRINUSE' ? 'port-taken' : null });
    });
    port.on('message', (message: ToEngine) => void this.#handle(message));
  }

  #send(message: FromEngine): void {
    this.#port.postMessage(message);
  }

  async #handle(message: ToEngine): Promise<void> {
    switch (message.type) {
      case 'add':
        this.#swarms.set(message.key, this.#add(message));
        return;
      case 'want':
        (await this.#swarms.get(message.key))?.want(message.wants);
        return;
      case 'drop':
        await (await this.#swarms.get(message.key))?.drop(message.from, message.end);
        this.#send({ type: 'dropped', key: message.key, from: message.from });
        return;
      case 'remove':
        await this.#remove(message.key);
        this.#send({ type: 'removed', key: message.key });
        return;
      case 'close':
        await Promise.all([...this.#swarms.keys()].map((key) => this.#remove(key)));
        this.#client.destroy(() => this.#port.close());
    }
  }

  async #add({ key, spec, folder }: Extract<ToEngine, { type: 'add' }>): Promise<Swarm> {
    await this.#leaving.get(spec.infoHash);
    const { features, keep } = this.#settings;
    return new Swarm({
      client: this.#client,
      key,
      spec,
      folder,
      keep,
      resume: keep ? await readResumeData(folder, spec.infoHash) : null,
      trackers: features.includes('trackers') ? DEFAULT_TRACKERS : [],
      webSeeds: features.includes('webseeds'),
      webRtc: features.includes('webrtc'),
      rtcConfig: rtcConfig(this.#settings),
      local: this.#local,
      blocked: this.#blocked,
      send: (message) => this.#send(message),
    });
  }

  async #remove(key: string): Promise<void> {
    const swarm = await this.#swarms.get(key);
    if (!swarm) return;
    this.#swarms.delete(key);
    const closing = swarm.close();
    this.#leaving.set(swarm.infoHash, closing);
    await closing;
    if (this.#leaving.get(swarm.infoHash) === closing) this.#leaving.delete(swarm.infoHash);
  }

  /** Trouble of what all torrents share. */
  async #tellAll(error: unknown): Promise<void> {
    for (const swarm of this.#swarms.values()) (await swarm).tellTrouble(error);
  }
}
