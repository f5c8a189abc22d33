import type { RequestListener, Server } from 'node:http';
import { type AddressInfo, isIPv4 } from 'node:net';
import { RaffiError } from '../errors.ts';
import { createHttpServer } from './http-server.ts';
import type { NeighbourLimits } from './neighbour-limits.ts';

export interface BindOptions {
  /** Without brackets for IPv6. */
  host: string;
  /** 0 takes a free port. */
  port: number;
  /** Take a free port when `port` is taken. */
  portFallback: boolean;
  /** Listen at `host` alone, whether or not that includes loopback. */
  hostOnly?: boolean;
}

export interface Bound {
  servers: Server[];
  /** What `host` was looked up to. */
  address: string;
  port: number;
}

/**
 * Where this computer's own programs reach the core, whatever address it was given: a page's CSP can name no IPv6 address, and the
 * guard takes a request to a LAN address for one from the LAN.
 */
export const LOOPBACK = '127.0.0.1';

/** Whether a socket that listens at `bound` answers at `address` (Node's `::` takes IPv4 as well). */
export function covers(bound: string, address: string): boolean {
  return bound === address || bound === '::' || (bound === '0.0.0.0' && isIPv4(address));
}

/** A port that is free at one address may be taken at the other; so many in a row are no chance any more. */
const PORT_ATTEMPTS = 10;

/**
 * Listens at `host` and, where that does not include it, at 127.0.0.1, on one port. Throws `address_in_use`, or `bad_config` when the
 * address is not one of this computer's; nothing listens then.
 */
export async function bind(
  app: RequestListener,
  options: BindOptions,
  limits: NeighbourLimits,
): Promise<Bound> {
  let { port } = options;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await bindOnce(() => createHttpServer(app, limits), { ...options, port });
    } catch (thrown) {
      const another = port === 0 || options.portFallback;
      if (!isTaken(thrown) || !another || attempt === PORT_ATTEMPTS) throw explain(thrown, options);
      port = 0;
    }
  }
}

async function bindOnce(
  create: () => Server,
  { host, port: wantedPort, hostOnly }: BindOptions,
): Promise<Bound> {
  const server = await listenAt(create(), host, wantedPort);
  const { address, port } = server.address() as AddressInfo;
  if (hostOnly || covers(address, LOOPBACK)) return { servers: [server], address, port };
  try {
    return { servers: [server, await listenAt(create(), LOOPBACK, port)], address, port };
  } catch (error) {
    await new Promise((resolve) => server.close(resolve));
    throw error;
  }
}

function listenAt(server: Server, host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve(server);
    });
  });
}

function isTaken(thrown: unknown): boolean {
  return codeOf(thrown) === 'EADDRINUSE';
}

/** Node names the address that failed: with two of them, that need not be the configured one. */
function explain(thrown: unknown, { host, port }: BindOptions): RaffiError {
  const failed = thrown instanceof Error && 'address' in thrown ? String(thrown.address) : host;
  const address = `${failed.includes(':') ? `[${failed}]` : failed}:${port}`;
  if (isTaken(thrown)) {
    return new RaffiError(
      'address_in_use',
      `${address} is taken, perhaps by another Raffi. Close that program, or set RAFFI_SERVER_ADDR to another port.`,
      { cause: thrown },
    );
  }
  return new RaffiError(
    'bad_config',
    `Raffi cannot listen on ${address} (${codeOf(thrown)}). Set RAFFI_SERVER_ADDR to an address of this computer and a port it may use.`,
    { cause: thrown },
  );
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown);
}
