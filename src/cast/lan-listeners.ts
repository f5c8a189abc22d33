import { RaffiError } from '../errors.ts';
import type { Log } from '../log.ts';
import { type Interfaces, lanAddresses, urlHost } from './lan-address.ts';

/** How often it is looked whether the network has changed. */
const WATCH_INTERVAL_MS = 30_000;

/** One listening socket at one address of the network. */
export interface LanSocket {
  port: number;
  close(): Promise<void>;
}

export interface LanListenersOptions {
  /** Listens at an address, at the core's own port where that is free there. */
  listenAt(address: string): Promise<LanSocket>;
  interfaces(): Interfaces;
  /** `RAFFI_CAST_HOST`: what devices are told instead. */
  castHost: string | null;
  /** The port at which the core itself listens at an address already; null where it does not. */
  ownPort(address: string): number | null;
  log: Log;
}

/**
 * Where the network reaches the core: nowhere until `open`, and nowhere again after `close`. Where the network changes meanwhile, it listens at
 * the new address too; at an old one it goes on as long as that is this computer's, since a film may be running there.
 */
export class LanListeners {
  readonly #options: LanListenersOptions;
  readonly #sockets = new Map<string, LanSocket>();
  #baseUrl: string | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #watch: NodeJS.Timeout | undefined;

  constructor(options: LanListenersOptions) {
    this.#options = options;
  }

  /** `http://address:port` for devices of the network, no slash at the end; null while nothing was opened. */
  get baseUrl(): string | null {
    return this.#baseUrl;
  }

  /** Listens at the best address that there is now. Idempotent. @returns `baseUrl` @throws `no_lan_address` */
  open(): Promise<string> {
    return this.#inTurn(async () => {
      const baseUrl = await this.#settle();
      this.#watch ??= setInterval(() => void this.#look(), WATCH_INTERVAL_MS).unref();
      return baseUrl;
    });
  }

  /** Nobody is let in any more from the moment of the call, unless an `open` is under way: it ends first. Idempotent. */
  close(): Promise<void> {
    return this.#inTurn(async () => {
      clearInterval(this.#watch);
      this.#watch = undefined;
      this.#baseUrl = null;
      await this.#drop([...this.#sockets.keys()]);
    });
  }

  /** One after the other: what is opened and closed at once would be neither. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }

  async #settle(): Promise<string> {
    const { interfaces, castHost } = this.#options;
    const present = lanAddresses(interfaces());
    await this.#drop([...this.#sockets.keys()].filter((address) => !present.includes(address)));
    const address = castHost !== null && present.includes(castHost) ? castHost : (present[0] ?? castHost);
    if (address === null) throw noAddress();
    const port = this.#options.ownPort(address) ?? (await this.#socketAt(address)).port;
    this.#baseUrl = `http://${urlHost(castHost ?? address)}:${port}`;
    return this.#baseUrl;
  }

  async #socketAt(address: string): Promise<LanSocket> {
    const known = this.#sockets.get(address);
    if (known) return known;
    try {
      const socket = await this.#options.listenAt(address);
      this.#sockets.set(address, socket);
      this.#options.log.info({ address, port: socket.port }, 'listening in the network');
      return socket;
    } catch (cause) {
      throw noAddress(cause);
    }
  }

  async #drop(addresses: readonly string[]): Promise<void> {
    await Promise.all(
      addresses.map(async (address) => {
        const socket = this.#sockets.get(address);
        this.#sockets.delete(address);
        await socket?.close();
        this.#options.log.info({ address }, 'not listening in the network any more');
      }),
    );
  }

  /** What cannot be opened now is tried at the next look. */
  async #look(): Promise<void> {
    await this.#inTurn(async () => {
      if (this.#watch) await this.#settle();
    }).catch((err: unknown) => this.#options.log.debug({ err }, 'no address in the network'));
  }
}

function noAddress(cause?: unknown): RaffiError {
  return new RaffiError(
    'no_lan_address',
    'No device can reach this computer: it has no address in a network that Raffi may use. Connect it to the network of the device, or set RAFFI_CAST_HOST to its address there.',
    { cause },
  );
}
