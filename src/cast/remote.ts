import { RaffiError } from '../errors.ts';
import type { Log } from '../log.ts';
import { ActiveCast } from './active-cast.ts';
import { nothingCast } from './cast-failures.ts';
import type { CastFilmDeps } from './cast-film.ts';
import { idleStatus } from './cast-status.ts';
import { checkReach } from './check-reach.ts';
import type { LinkTiming } from './device-link.ts';
import { browse } from './discovery/browse.ts';
import { manualDevice } from './discovery/manual-device.ts';
import { openChannel } from './protocol/channel.ts';
import type {
  CastCheck,
  CastDevice,
  CastLoad,
  CastRemote,
  CastSnapshot,
  CastStatus,
  CastTracks,
} from './types.ts';

export interface RemoteControlOptions extends LinkTiming {
  films: CastFilmDeps;
  /** Whether a device at this address has fetched something of a film that is cast. */
  hasFetched: (address: string) => boolean;
  log: Log;
}

/** More than a person types. */
const MAX_MANUAL_DEVICES = 32;

/** The core's remote control: finds devices while somebody listens, and has at most one of them under control. */
export class RemoteControl implements CastRemote {
  readonly #options: RemoteControlOptions;
  readonly #listeners = new Set<(snapshot: CastSnapshot) => void>();
  readonly #manual = new Map<string, CastDevice>();
  #found: readonly CastDevice[] = [];
  #stopBrowsing: (() => void) | undefined;
  #active: ActiveCast | undefined;
  #lastStatus = idleStatus(0, Date.now());

  constructor(options: RemoteControlOptions) {
    this.#options = options;
  }

  snapshot(): CastSnapshot {
    return { devices: this.#devices, status: this.#status };
  }

  subscribe(listener: (snapshot: CastSnapshot) => void): () => void {
    // Of its own: the same function may listen twice.
    const own = (snapshot: CastSnapshot) => listener(snapshot);
    this.#listeners.add(own);
    this.#stopBrowsing ??= browse((devices) => {
      this.#found = devices;
      this.#tell();
    });
    own(this.snapshot());
    return () => {
      this.#listeners.delete(own);
      if (this.#listeners.size === 0) this.#browseNoMore();
    };
  }

  async addDevice(address: string, signal: AbortSignal = new AbortController().signal): Promise<CastDevice> {
    const device = manualDevice(address);
    const channel = await openChannel(device, { onMessage: () => {}, onLost: () => {} }, signal);
    channel.close();
    const [oldest] = this.#manual.keys();
    if (oldest !== undefined && this.#manual.size >= MAX_MANUAL_DEVICES) this.#manual.delete(oldest);
    this.#manual.set(device.id, device);
    this.#tell();
    return device;
  }

  async load(request: CastLoad, signal?: AbortSignal): Promise<void> {
    const device = this.#deviceOf(request.deviceId);
    this.#options.films.sessions.get(request.sessionId);
    const active = await this.#take(device, request.startSeconds);
    await active.load(request, signal);
  }

  async join(deviceId: string, signal?: AbortSignal): Promise<void> {
    const active = await this.#take(this.#deviceOf(deviceId), 0);
    await active.join(signal);
  }

  async play(): Promise<void> {
    await this.#cast.command('PLAY');
  }

  async pause(): Promise<void> {
    await this.#cast.command('PAUSE');
  }

  async seek(seconds: number): Promise<void> {
    await this.#cast.command('SEEK', { currentTime: seconds });
  }

  async setVolume(level: number, isMuted?: boolean): Promise<void> {
    await this.#cast.setVolume(level, isMuted);
  }

  async setTracks(tracks: CastTracks): Promise<void> {
    await this.#cast.setTracks(tracks);
  }

  async stop(): Promise<{ positionSeconds: number }> {
    const active = this.#active;
    if (!active) return { positionSeconds: this.#lastStatus.positionSeconds };
    const positionSeconds = await active.stop();
    this.#letGo(active);
    return { positionSeconds };
  }

  check(sessionId: string, signal?: AbortSignal): Promise<CastCheck> {
    return checkReach(this.#options.films.access, sessionId, signal);
  }

  /** Ends the film on the device: its server is about to be gone. Frees every socket and timer. Idempotent. */
  async close(): Promise<void> {
    this.#listeners.clear();
    this.#browseNoMore();
    await this.stop();
  }

  get #devices(): CastDevice[] {
    const manual = [...this.#manual.values()].filter(
      ({ host, port }) => !this.#found.some((device) => device.host === host && device.port === port),
    );
    return [...this.#found, ...manual];
  }

  get #status(): CastStatus {
    return this.#active?.status ?? this.#lastStatus;
  }

  get #cast(): ActiveCast {
    if (this.#active) return this.#active;
    throw nothingCast();
  }

  #deviceOf(id: string): CastDevice {
    const device = [...this.#found, ...this.#manual.values()].find((one) => one.id === id);
    if (device) return device;
    throw new RaffiError(
      'cast_no_device',
      'This device is not there any more. Look whether it is switched on and in the same network, or type its address.',
    );
  }

  /** The control of a device. The one before stops its film, unless it is the same: the next film takes the place of the last there. */
  async #take(device: CastDevice, startSeconds: number): Promise<ActiveCast> {
    const before = this.#active;
    const { films, hasFetched, log, heartbeatMs, reconnectPausesMs } = this.#options;
    const active: ActiveCast = new ActiveCast(device, startSeconds, {
      ...{ films, hasFetched, log, heartbeatMs, reconnectPausesMs },
      deviceNow: (known) => this.#found.find(({ id }) => id === known.id) ?? known,
      onChange: () => this.#changed(active),
    });
    this.#active = active;
    if (before?.device.id === device.id) await before.leave();
    else await before?.stop();
    return active;
  }

  #changed(active: ActiveCast): void {
    if (active !== this.#active) return;
    if (active.status.state === 'idle') this.#letGo(active);
    else this.#tell();
  }

  #letGo(active: ActiveCast): void {
    if (active !== this.#active) return;
    this.#lastStatus = active.status;
    this.#active = undefined;
    this.#tell();
  }

  #browseNoMore(): void {
    this.#stopBrowsing?.();
    this.#stopBrowsing = undefined;
  }

  #tell(): void {
    const snapshot = this.snapshot();
    for (const listener of [...this.#listeners]) listener(snapshot);
  }
}
