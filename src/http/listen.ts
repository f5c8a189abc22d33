import type { RequestListener, Server, ServerResponse } from 'node:http';
import { type BindOptions, bind, LOOPBACK } from './bind.ts';
import { NeighbourLimits } from './neighbour-limits.ts';

export interface Listening {
  /** `http://127.0.0.1:port`, no slash at the end: reachable from this computer whatever address was configured. */
  baseUrl: string;
  /** Where it listens besides loopback, if it does. */
  address: string;
  port: number;
  /** Ends within 2 s, whatever clients do: event streams at once, answers under way get a grace. Idempotent. */
  close(): Promise<void>;
}

const CLOSE_GRACE_MS = 1_000;

/**
 * Binds the socket, or two. Throws `address_in_use`, or `bad_config` when the address is not one of this computer's.
 *
 * @param limits shared by all sockets of one core
 */
export async function listen(
  app: RequestListener,
  options: BindOptions,
  limits = new NeighbourLimits(),
): Promise<Listening> {
  const { servers, address, port } = await bind(app, options, limits);
  const open = new Set<ServerResponse>();
  for (const server of servers) {
    server.on('request', (_request, response) => {
      open.add(response);
      response.once('close', () => open.delete(response));
    });
  }
  let closing: Promise<void> | undefined;
  return {
    baseUrl: `http://${LOOPBACK}:${port}`,
    address,
    port,
    close: () => {
      closing ??= closeAll(servers, open);
      return closing;
    },
  };
}

async function closeAll(servers: readonly Server[], open: ReadonlySet<ServerResponse>): Promise<void> {
  const closed = servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
  for (const server of servers) server.closeIdleConnections();
  for (const response of open) {
    if (String(response.getHeader('Content-Type')).startsWith('text/event-stream')) response.end();
    // The socket of what ends in the grace must not wait for another request.
    else if (!response.headersSent) response.setHeader('Connection', 'close');
  }
  const force = setTimeout(() => {
    for (const server of servers) server.closeAllConnections();
  }, CLOSE_GRACE_MS);
  await Promise.all(closed);
  clearTimeout(force);
}
