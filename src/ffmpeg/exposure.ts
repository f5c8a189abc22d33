import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isAbort, type RaffiError, toRaffiError } from '../errors.ts';
import type { ByteSource } from '../source/byte-source.ts';
import { type ByteRange, contentRange, parseRange, unsatisfiedRange } from '../source/range.ts';
import { WindowReader } from './window-reader.ts';

/** One source under one private path: answers its requests until it is revoked. */
export class Exposure {
  readonly #source: ByteSource;
  readonly #reader: WindowReader;
  readonly #underWay = new Map<ServerResponse, Promise<void>>();
  #revoked = false;
  failure: RaffiError | undefined;

  constructor(source: ByteSource, windowBytes: number) {
    this.#source = source;
    this.#reader = new WindowReader(source, windowBytes);
  }

  /** Never rejects. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const controller = new AbortController();
    response.once('close', () => controller.abort());
    const done = this.#send(request, response, controller.signal)
      .catch((error: unknown) => this.#fail(response, error))
      .finally(() => this.#underWay.delete(response));
    this.#underWay.set(response, done);
    return done;
  }

  async revoke(): Promise<void> {
    this.#revoked = true;
    for (const response of this.#underWay.keys()) response.destroy();
    this.#reader.abort();
    await Promise.all(this.#underWay.values());
    await this.#reader.release();
  }

  async #send(request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void> {
    const { sizeBytes } = await this.#source.open(signal);
    const range = parseRange(request.headers.range, sizeBytes);
    response.setHeader('Accept-Ranges', 'bytes');
    response.setHeader('Content-Type', 'application/octet-stream');
    response.setHeader('Cache-Control', 'no-store');
    if (range === 'unsatisfiable') {
      response.writeHead(416, { 'Content-Range': unsatisfiedRange(sizeBytes), 'Content-Length': 0 }).end();
      return;
    }
    const asked = range === 'ignore' ? { start: 0, end: sizeBytes } : range;
    const isWindowed = range !== 'ignore' && asked.end === sizeBytes;
    const sent: ByteRange = isWindowed
      ? { start: asked.start, end: this.#reader.windowEnd(asked.start, asked.end) }
      : asked;
    if (range !== 'ignore') response.setHeader('Content-Range', contentRange(sent, sizeBytes));
    response.writeHead(range === 'ignore' ? 200 : 206, { 'Content-Length': sent.end - sent.start });
    if (request.method === 'HEAD' || sent.end === sent.start) {
      response.end();
      return;
    }
    response.flushHeaders();
    for await (const piece of this.#reader.read(sent.start, sent.end, asked.end, signal)) {
      if (!response.write(piece)) await once(response, 'drain', { signal });
    }
    response.end();
  }

  #fail(response: ServerResponse, error: unknown): void {
    const leftByItself = response.destroyed || this.#revoked;
    if (!leftByItself || !isAbort(error)) this.failure ??= toRaffiError(error);
    if (response.destroyed) return;
    if (response.headersSent) response.destroy();
    else response.writeHead(toRaffiError(error).status, { 'Content-Length': 0 }).end();
  }
}
