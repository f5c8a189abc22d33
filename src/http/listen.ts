import type { RequestListener, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RaffiError } from '../errors.ts';
import { createHttpServer } from './http-server.ts';

export interface ListenOptions {
  /** Without brackets for IPv6. */
  host: string;
  /** 0 takes a free port. */
  port: number;
  /** Take a free port when `port` is taken. */
  portFallback: boolean;
}

export interface Listening {
  /** `http://host:port`, no slash at the end; an address that names all interfaces is given as loopback. */
  baseUrl: string;
  /** Ends within 2 s, whatever clients do: event streams at once, answers under way get a grace. Idempotent. */
  close(): Promise<void>;
}

const CLOSE_GRACE_MS = 1_000;

/** Binds a socket. Throws `address_in_use`, or `bad_config` when the address is not one of this computer's. */
export async function listen(app: RequestListener, options: ListenOptions): Promise<Listening> {
  const { server, port } = await bind(app, options);
  const open = new Set<ServerResponse>();
  server.on('request', (_request, response) => {
    open.add(response);
    response.once('close', () => open.delete(response));
  });
  let closing: Promise<void> | undefined;
  return {
    baseUrl: `http://${urlHost(options.host)}:${port}`,
    close: () => {
      closing ??= close(server, open);
      return closing;
    },
  };
}

async function bind(app: RequestListener, options: ListenOptions): Promise<{ server: Server; port: number }> {
  try {
    return await tryBind(app, options.host, options.port);
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
    const address = `${options.host.includes(':') ? `[${options.host}]` : options.host}:${options.port}`;
    if (code === 'EADDRINUSE' && options.portFallback) return tryBind(app, options.host, 0);
    if (code === 'EADDRINUSE') {
      throw new RaffiError(
        'address_in_use',
        `${address} is taken, perhaps by another Raffi. Close that program, or set RAFFI_SERVER_ADDR to another port.`,
        { cause: thrown },
      );
    }
    throw new RaffiError(
      'bad_config',
      `Raffi cannot listen on ${address} (${String(code)}). Set RAFFI_SERVER_ADDR to an address of this computer and a port it may use.`,
      { cause: thrown },
    );
  }
}

function tryBind(
  app: RequestListener,
  host: string,
  port: number,
): Promise<{ server: Server; port: number }> {
  const server = createHttpServer(app);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve({ server, port: (server.address() as AddressInfo).port });
    });
  });
}

async function close(server: Server, open: Set<ServerResponse>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  for (const response of open) {
    if (String(response.getHeader('Content-Type')).startsWith('text/event-stream')) response.end();
    // The socket of what ends in the grace must not wait for another request.
    else if (!response.headersSent) response.setHeader('Connection', 'close');
  }
  const force = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
  await closed;
  clearTimeout(force);
}

function urlHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
