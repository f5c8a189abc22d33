import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** One request as the origin saw it. `end` is exclusive; null where the request had no range. */
export interface LoggedRequest {
  path: string;
  headers: IncomingMessage['headers'];
  start: number | null;
  end: number | null;
}

export type Behaviour = (
  request: IncomingMessage,
  response: ServerResponse,
  range: { start: number; end: number } | null,
) => void | Promise<void>;

/** Answers with a status and a page that is no film. */
export const status =
  (code: number, headers: Record<string, string> = {}): Behaviour =>
  (_request, response) => {
    response.writeHead(code, headers).end('<html>no</html>');
  };

/** A small real HTTP server for tests: serves `content` by range like a good origin, unless a behaviour takes the request over. */
export class TestOrigin {
  readonly requests: LoggedRequest[] = [];
  readonly sockets = new Set<Socket>();
  readonly #server = createServer((request, response) => this.#handle(request, response));
  content: Buffer;
  etag: string | null = '"v1"';
  /** Takes requests over, first in, first out; `null` serves normally. When it is empty: `behaviour`. */
  readonly script: (Behaviour | null)[] = [];
  behaviour: Behaviour | null = null;
  connections = 0;

  constructor(content: Buffer) {
    this.content = content;
    this.#server.on('connection', (socket) => {
      this.connections += 1;
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
  }

  async listen(port = 0): Promise<this> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  url(path = '/film.mkv'): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  /** Bytes that more than one request asked for. */
  requestedTwice(): number {
    const ranges = this.requests.flatMap(({ start, end }) =>
      start === null || end === null ? [] : [[start, Math.min(end, this.content.length)] as const],
    );
    ranges.sort((a, b) => a[0] - b[0]);
    let twice = 0;
    let reached = 0;
    for (const [start, end] of ranges) {
      twice += Math.max(0, Math.min(reached, end) - start);
      reached = Math.max(reached, end);
    }
    return twice;
  }

  /** Resolves when no connection is left. */
  async idle(): Promise<void> {
    for (const socket of this.sockets) {
      // Not `once` of node:events, which rejects for a connection that is reset.
      if (!socket.destroyed) await new Promise((resolve) => socket.once('close', resolve));
    }
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  /** A normal answer; behaviours may call it. */
  serve(response: ServerResponse, range: { start: number; end: number } | null, until?: number): void {
    const { start, end } = range ?? { start: 0, end: this.content.length };
    const total = this.content.length;
    if (range && start >= total) {
      response.writeHead(416, { 'content-range': `bytes */${total}` }).end();
      return;
    }
    const stop = Math.min(end, total);
    const headers: Record<string, string | number> = {
      'accept-ranges': 'bytes',
      'content-type': 'Video/X-Matroska; x=1',
      'content-length': stop - start,
    };
    if (range) headers['content-range'] = `bytes ${start}-${stop - 1}/${total}`;
    if (this.etag) headers.etag = this.etag;
    response.writeHead(range ? 206 : 200, headers);
    if (until === undefined) response.end(this.content.subarray(start, stop));
    else response.write(this.content.subarray(start, Math.min(stop, start + until)));
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    const match = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    const range = match ? { start: Number(match[1]), end: Number(match[2]) + 1 } : null;
    this.requests.push({
      path: request.url ?? '',
      headers: request.headers,
      start: range?.start ?? null,
      end: range?.end ?? null,
    });
    const act = this.script.length > 0 ? this.script.shift() : this.behaviour;
    if (act) void act(request, response, range);
    else this.serve(response, range);
  }
}

/** Bytes that look random and are the same each time. */
export function noise(length: number, seed = 'raffi'): Buffer {
  const block = createHash('shake256', { outputLength: Math.min(length, 65_521) })
    .update(seed)
    .digest();
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += block.length) {
    block.copy(bytes, at);
    // A prime length and a stamp per block: no two places look alike.
    if (at + 4 <= length) bytes.writeUInt32LE(at / block.length, at);
  }
  return bytes;
}
