import { setTimeout as delay } from 'node:timers/promises';
import { RaffiError } from '../errors.ts';
import type { SourceStats } from './byte-source.ts';
import { type ConnectionOptions, Connections } from './http/connections.ts';
import { AttemptFailure } from './http/failure.ts';
import { HttpOrigin } from './http/http-origin.ts';
import { DEFAULT_RETRY, type RetryPolicy, retryDelay } from './http/retry.ts';
import type { ByteRange } from './range.ts';
import { mediaType } from './source-name.ts';

/** A file, or a part of one, that a source names beside itself: a playlist, a key, a segment. */
export interface Resource {
  url: URL;
  /** Null for all of it. */
  range: ByteRange | null;
}

/** What is known of a resource when its first byte is about to come. */
export interface ResourceHead {
  /** After redirects: what relative addresses inside it are relative to. */
  url: URL;
  /** As `mediaType` gives it. */
  contentType: string | null;
  /** Bytes that will come; null when the origin does not say. */
  sizeBytes: number | null;
  /** The origin's clock, seconds since 1970, to the second; null when it does not say. */
  clockSeconds: number | null;
}

export interface ResourceSink {
  /** Called once. What it throws ends the fetch. */
  head(head: ResourceHead): void;
  /** In order, each byte once, whatever was tried again. What it throws ends the fetch. */
  data(chunk: Uint8Array): void;
}

export interface FetchedResource extends ResourceHead {
  bytes: Uint8Array;
}

/**
 * The many small files of one source, each fetched from its beginning to its end: over one pool of connections, with the source's headers, and
 * only from where that source may lead. Keeps nothing.
 */
export class HttpResources {
  readonly #connections: Connections;
  readonly #retry: RetryPolicy;
  readonly #closed = new AbortController();
  #opened = false;
  #counts = { requests: 0, fetchedBytes: 0, retries: 0 };

  /** Throws `source_refused`, as `Connections` does. */
  constructor({
    retry = DEFAULT_RETRY,
    ...connections
  }: ConnectionOptions & { retry?: RetryPolicy | undefined }) {
    this.#connections = new Connections(connections);
    this.#retry = retry;
  }

  /**
   * Hands the resource's bytes to `sink` as they arrive. A connection that breaks is taken up where it broke.
   *
   * @throws `source_*`, what the sink threw, or the signal's reason.
   */
  async fetch(resource: Resource, sink: ResourceSink, signal: AbortSignal): Promise<void> {
    const running = AbortSignal.any([signal, this.#closed.signal]);
    const download = new Download(this.#connections, resource, sink);
    const startedAt = performance.now();
    let failures = 0;
    for (;;) {
      const before = download.receivedBytes;
      try {
        await download.attempt(running);
        return;
      } catch (thrown) {
        if (running.aborted) throw running.reason;
        if (!(thrown instanceof AttemptFailure)) throw thrown;
        failures = download.receivedBytes > before ? 1 : failures + 1;
        const waitMs = retryDelay(this.#retry, {
          failure: thrown,
          count: failures,
          opened: this.#opened,
          elapsedMs: performance.now() - startedAt,
        });
        if (waitMs === null) throw thrown.error;
        this.#counts.retries += 1;
        await delay(waitMs, undefined, { signal: running }).catch(() => running.throwIfAborted());
      } finally {
        this.#opened ||= download.wasAnswered;
        this.#counts.requests += download.takeRequests();
        this.#counts.fetchedBytes += download.receivedBytes - before;
      }
    }
  }

  /**
   * The whole of a small resource.
   *
   * @throws as `fetch`; `source_failed` when it is larger than `maxBytes`.
   */
  async read(resource: Resource, maxBytes: number, signal: AbortSignal): Promise<FetchedResource> {
    const chunks: Uint8Array[] = [];
    let sizeBytes = 0;
    let head: ResourceHead = {
      url: resource.url,
      contentType: null,
      sizeBytes: null,
      clockSeconds: null,
    };
    const sink: ResourceSink = {
      head: (told) => {
        head = told;
        if ((told.sizeBytes ?? 0) > maxBytes) throw tooLarge(maxBytes);
      },
      data: (chunk) => {
        sizeBytes += chunk.length;
        if (sizeBytes > maxBytes) throw tooLarge(maxBytes);
        chunks.push(chunk);
      },
    };
    await this.fetch(resource, sink, signal);
    return { ...head, bytes: Buffer.concat(chunks, sizeBytes) };
  }

  stats(): Pick<SourceStats, 'requests' | 'fetchedBytes' | 'retries'> {
    return { ...this.#counts };
  }

  /** Ends what is under way with `aborted`, and closes every connection. */
  async close(): Promise<void> {
    this.#closed.abort(new RaffiError('aborted', 'The source was closed.'));
    await this.#connections.close();
  }
}

/** One resource on its way, over as many attempts as it takes. */
class Download {
  readonly #origin: HttpOrigin;
  readonly #range: ByteRange | null;
  readonly #sink: ResourceSink;
  /** Of the resource in all; known once the origin has said. */
  #endOffset: number | null;
  receivedBytes = 0;
  wasAnswered = false;

  constructor(connections: Connections, { url, range }: Resource, sink: ResourceSink) {
    this.#origin = new HttpOrigin(connections, url);
    this.#range = range;
    this.#endOffset = range?.end ?? null;
    this.#sink = sink;
  }

  takeRequests(): number {
    const { requests } = this.#origin;
    this.#origin.requests = 0;
    return requests;
  }

  async attempt(signal: AbortSignal): Promise<void> {
    const from = (this.#range?.start ?? 0) + this.receivedBytes;
    const isRest = this.receivedBytes > 0 && this.#endOffset !== null;
    const wanted = this.#range || isRest ? { start: from, end: this.#endOffset ?? from } : null;
    /** Offset in the file of the next byte that comes; an origin that ignores ranges begins at its beginning. */
    let offset = 0;
    let bodyEnd: number | null = null;
    let stop = () => {};
    await this.#origin.fetch(
      wanted,
      {
        answer: (answer, headers, url, control) => {
          offset = answer.start;
          bodyEnd = answer.end;
          stop = control.stop;
          const end = this.#range
            ? Math.min(this.#range.end, answer.totalBytes ?? this.#range.end)
            : answer.totalBytes;
          this.#endOffset = end;
          if (this.wasAnswered) return;
          this.wasAnswered = true;
          const sizeBytes = end === null ? null : Math.max(0, end - (this.#range?.start ?? 0));
          const clock = Date.parse(headers.date ?? '');
          this.#sink.head({
            url,
            contentType: mediaType(headers['content-type']),
            sizeBytes,
            clockSeconds: Number.isNaN(clock) ? null : clock / 1000,
          });
        },
        data: (chunk) => {
          const position = (this.#range?.start ?? 0) + this.receivedBytes;
          const skip = Math.min(chunk.length, Math.max(0, position - offset));
          const room = Math.max(0, Math.min(chunk.length - skip, (this.#endOffset ?? Infinity) - position));
          offset += chunk.length;
          if (room > 0) {
            this.receivedBytes += room;
            this.#sink.data(chunk.subarray(skip, skip + room));
          }
          if (position + room >= (this.#endOffset ?? Infinity) && offset < (bodyEnd ?? Infinity)) stop();
        },
      },
      signal,
    );
    const missing = (this.#endOffset ?? 0) - (this.#range?.start ?? 0) - this.receivedBytes;
    if (this.#endOffset !== null && missing > 0) throw endedEarly();
  }
}

function endedEarly(): AttemptFailure {
  const message = 'The server ends the file before its announced length. Try again.';
  return new AttemptFailure(new RaffiError('source_truncated', message), 'always');
}

function tooLarge(maxBytes: number): RaffiError {
  return new RaffiError(
    'source_failed',
    `The server sends a playlist or key of more than ${Math.round(maxBytes / 1024)} KiB, which Raffi does not read. Use another source.`,
  );
}
