import { createServer, type RequestListener, type Server } from 'node:http';
import type { NeighbourLimits } from './neighbour-limits.ts';

const HEADERS_TIMEOUT_MS = 10_000;
/** Bodies are 64 KiB at most. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than players pause between segments, so that they keep their connection. */
const KEEP_ALIVE_MS = 65_000;
/** A client that takes no byte for this long is gone, or a paused `<video>`, which comes back by itself. */
const IDLE_TIMEOUT_MS = 5 * 60_000;

/** A server that no client can hold on to by doing nothing. It listens nowhere yet. */
export function createHttpServer(app: RequestListener, limits: NeighbourLimits): Server {
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      // How often Node looks for connections over those limits.
      connectionsCheckingInterval: 5_000,
    },
    app,
  );
  server.setTimeout(IDLE_TIMEOUT_MS);
  limits.watch(server);
  return server;
}
