import type { Server } from 'node:http';
import { isIPv6, type Socket } from 'node:net';
import ipaddr from 'ipaddr.js';
import { isLoopbackAddress, plainAddress } from '../plain-address.ts';
import { RateWindow } from '../rate-window.ts';

/** Receivers open about six, and so does a page with a player; behind a NAT several share an address. */
const MAX_CONNECTIONS_EACH = 64;
const MAX_CONNECTIONS = 256;
/** Refusals, far more than any misled player causes: from there on it is a load, and is kept from becoming one. */
const REFUSALS = { limit: 1000, windowMs: 10_000, maxKeys: 1024 };

export interface NeighbourLimitsOptions {
  /** Whether a film is cast to this address: it gets in however many others want to. */
  isDevice?: (address: string) => boolean;
  /** Milliseconds of a monotonic clock. */
  now?: () => number;
}

/**
 * Keeps a computer of the network from exhausting the core: connections are counted per address and in all, and whoever is refused (401, 403)
 * too often is cut off at once for a while, before any of its requests is read. This computer's own programs are not limited.
 */
export class NeighbourLimits {
  readonly #isDevice: (address: string) => boolean;
  readonly #refusals: RateWindow;
  readonly #connections = new Map<string, number>();
  #connectionsInAll = 0;

  constructor({ isDevice = () => false, now = () => performance.now() }: NeighbourLimitsOptions = {}) {
    this.#isDevice = isDevice;
    this.#refusals = new RateWindow({ ...REFUSALS, now });
  }

  /** Applies to a server from now on, beside the others that are watched. */
  watch(server: Server): void {
    // In place of the server's own listener, which sets up a parser: a flood shall not cost that.
    const serve = server.listeners('connection');
    server.removeAllListeners('connection').on('connection', (socket: Socket) => {
      if (this.#admits(socket)) for (const listener of serve) listener.call(server, socket);
      else socket.resetAndDestroy();
    });
    server.on('request', ({ socket: { remoteAddress = '' } }, response) => {
      if (isLoopbackAddress(remoteAddress)) return;
      response.once('finish', () => {
        if (response.statusCode === 401 || response.statusCode === 403)
          this.#refusals.note(networkOf(remoteAddress));
      });
    });
  }

  /** Counts what it admits. */
  #admits(socket: Socket): boolean {
    const { remoteAddress: address = '' } = socket;
    if (isLoopbackAddress(address)) return true;
    const network = networkOf(address);
    if ((this.#connections.get(network) ?? 0) >= MAX_CONNECTIONS_EACH) return false;
    const isRefused = this.#connectionsInAll >= MAX_CONNECTIONS || this.#refusals.waitMs(network) > 0;
    if (isRefused && !this.#isDevice(address)) return false;
    this.#count(socket, network);
    return true;
  }

  #count(socket: Socket, network: string): void {
    this.#connectionsInAll += 1;
    this.#connections.set(network, (this.#connections.get(network) ?? 0) + 1);
    socket.once('close', () => {
      this.#connectionsInAll -= 1;
      const left = (this.#connections.get(network) ?? 1) - 1;
      if (left > 0) this.#connections.set(network, left);
      else this.#connections.delete(network);
    });
  }
}

/** Who is counted as one: an IPv4 address, or all of an IPv6 subnet (/64), in which anybody may take any address. */
function networkOf(address: string): string {
  const plain = plainAddress(address);
  if (!isIPv6(plain)) return plain;
  return ipaddr.parse(plain.replace(/%.*$/, '')).toByteArray().slice(0, 8).join('.');
}
