import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RaffiError } from '../errors.ts';
import type { ByteSource } from '../source/byte-source.ts';
import { Exposure } from './exposure.ts';

export interface ExposeOptions {
  /**
   * Answer open-ended ranges in windows of at most this many bytes (RFC 9110 §15.3.7 lets a server send less than was asked for).
   * A socket takes megabytes before it pushes back, and a client that needs 300 KB would have made us fetch all of that from the
   * origin. libavformat needs `-reconnect 1` to ask on. Default: no limit.
   */
  windowBytes?: number;
}

export interface ExposedSource {
  /**
   * `http://127.0.0.1:<port>/<32 random bytes, base64url>/film`. Never show it to a person or a log. It has no extension: a demuxer is
   * to be chosen by the bytes, since names lie (a web page called `.mp4` must not pass for a damaged film).
   */
  readonly url: string;
  /** Why the source failed the child, if it did: the child itself only sees an HTTP status or a broken connection. */
  readonly failure: RaffiError | undefined;
  /** The path answers 404 from now on, connections under way are cut, readers aborted. Settles when all of them are gone. Idempotent. */
  revoke(): Promise<void>;
}

/**
 * A private HTTP server on 127.0.0.1 through which our own ffmpeg and ffprobe processes read sources, so that they share the
 * range cache and never see an origin. It listens from the first `expose()` to `close()`.
 */
export class LoopbackServer {
  readonly #exposed = new Map<string, Exposure>();
  #listening: Promise<{ server: Server; port: number }> | undefined;
  #closed = false;

  /** @throws `aborted` after `close()`; Node's own error when no port can be had. */
  async expose(source: ByteSource, options: ExposeOptions = {}): Promise<ExposedSource> {
    const { port } = await this.#listen();
    if (this.#closed) throw new RaffiError('aborted', 'Raffi is stopping.');
    const path = `/${randomBytes(32).toString('base64url')}/film`;
    const exposure = new Exposure(source, options.windowBytes ?? Number.POSITIVE_INFINITY);
    this.#exposed.set(path, exposure);
    return {
      url: `http://127.0.0.1:${port}${path}`,
      get failure() {
        return exposure.failure;
      },
      revoke: () => {
        this.#exposed.delete(path);
        return exposure.revoke();
      },
    };
  }

  /** Revokes everything and frees the port. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    const revoked = [...this.#exposed.values()].map((exposure) => exposure.revoke());
    this.#exposed.clear();
    await Promise.all(revoked);
    const { server } = (await this.#listening?.catch(() => undefined)) ?? {};
    if (!server?.listening) return;
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  }

  #listen(): Promise<{ server: Server; port: number }> {
    if (this.#closed) return Promise.reject(new RaffiError('aborted', 'Raffi is stopping.'));
    this.#listening ??= new Promise((resolve, reject) => {
      const server = createServer((request, response) => this.#answer(request, response));
      server.once('error', reject);
      server.listen({ host: '127.0.0.1', port: 0 }, () => {
        resolve({ server, port: (server.address() as AddressInfo).port });
      });
    });
    return this.#listening;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    response.on('error', () => {}); // the child went away: `close` follows and frees the reader
    const exposure = this.#exposed.get(request.url ?? '');
    // A page that found our port by DNS rebinding would name its own host.
    if (request.headers.host !== `127.0.0.1:${request.socket.localPort}`) refuse(response, 403);
    else if (!exposure) refuse(response, 404);
    else if (request.method === 'GET' || request.method === 'HEAD') void exposure.answer(request, response);
    else refuse(response.setHeader('Allow', 'GET, HEAD'), 405);
  }
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'Content-Length': 0 }).end();
}
