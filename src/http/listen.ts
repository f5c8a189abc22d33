import type { RequestListener, Server, ServerResponse } from 'node:http';
import { type BindOptions, bind, LOOPBACK } from './bind.ts';

export interface Listening {
  /** `http://127.0.0.1:port`, no slash at the end: reachable from this computer whatever address was configured. */
  baseUrl: string;
  /** Ends within 2 s, whatever clients do: event streams at once, answers under way get a grace. Idempotent. */
  close(): Promise<void>;
}

const CLOSE_GRACE_MS = 1_000;

/** Binds the socket, or two. Throws `address_in_use`, or `bad_config` when the address is not one of this computer's. */
export async function listen(app: RequestListener, options: BindOptions): Promise<Listening> {
  const { servers, port } = await bind(app, options);
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
