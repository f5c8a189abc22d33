import { RaffiError } from '../errors.ts';
import { SingleFlight } from '../single-flight.ts';
import type { ByteSource, SourceInfo, SourceStats } from './byte-source.ts';
import { type Demand, readDemand, SequentialRuns, streamDemand } from './fetch/demand.ts';
import { Fetcher, type FirstAnswer } from './fetch/fetcher.ts';
import type { NameLookup } from './guarded-lookup.ts';
import { Connections, type HttpTimeouts } from './http/connections.ts';
import { HttpOrigin } from './http/http-origin.ts';
import { DEFAULT_RETRY, type RetryPolicy } from './http/retry.ts';
import type { CacheBudget } from './range-cache/cache-budget.ts';
import { DEFAULT_CHUNK_BYTES, RangeCache } from './range-cache/range-cache.ts';
import { mediaType, nameFromDisposition, nameFromUrl } from './source-name.ts';

/**
 * Fetched by the first request. Holds the header of any container and most fast-start MP4 and MKV indexes' beginnings, yet costs
 * 10 ms at 100 Mb/s and stays well below what an index read may waste.
 */
export const HEAD_BYTES = 128 * 1024;
/** Streams give out pieces of at most this much. */
const PIECE_BYTES = 512 * 1024;

export interface HttpSourceOptions {
  /** Validated by `validateSourceUrl`. */
  url: URL;
  headers?: Readonly<Record<string, string>> | undefined;
  /** A folder for this source's chunk files alone. */
  folder: string;
  budget: CacheBudget;
  lookup?: NameLookup | undefined;
  isPublic?: ((address: string) => boolean) | undefined;
  timeouts?: Partial<HttpTimeouts> | undefined;
  retry?: RetryPolicy | undefined;
}

/** A file on an HTTP server, read through the sparse range cache. */
export class HttpSource implements ByteSource {
  readonly #connections: Connections;
  readonly #origin: HttpOrigin;
  readonly #cache: RangeCache;
  readonly #fetcher: Fetcher;
  readonly #opening = new SingleFlight<SourceInfo>();
  readonly #runs = new SequentialRuns();
  readonly #maxAheadBytes: number;
  #info: SourceInfo | undefined;
  #closing: Promise<void> | undefined;
  #servedBytes = 0;

  constructor({ folder, budget, retry = DEFAULT_RETRY, ...origin }: HttpSourceOptions) {
    this.#connections = new Connections(origin);
    this.#origin = new HttpOrigin(this.#connections);
    // A small budget (tests, a nearly full disk) still holds several chunks, and read-ahead never evicts itself.
    const chunkBytes = Math.max(64 * 1024, Math.min(DEFAULT_CHUNK_BYTES, Math.floor(budget.limitBytes / 16)));
    this.#maxAheadBytes = Math.max(chunkBytes, budget.limitBytes / 4);
    this.#cache = new RangeCache({ folder, budget, chunkBytes });
    this.#fetcher = new Fetcher(this.#origin, this.#cache, retry);
  }

  async open(signal?: AbortSignal): Promise<SourceInfo> {
    signal?.throwIfAborted();
    if (this.#closing) throw closed();
    return this.#info ?? this.#opening.run('open', (shared) => this.#open(shared), signal);
  }

  async read(start: number, end: number, signal?: AbortSignal): Promise<Uint8Array> {
    signal?.throwIfAborted();
    // A known size is not waited for: the reader counts from now on, whatever hint comes next.
    const { sizeBytes } = this.#info ?? (await this.open(signal));
    const from = Math.max(0, start);
    const to = Math.min(end, sizeBytes);
    if (to <= from) return new Uint8Array(0);
    const bytes = new Uint8Array(to - from);
    const demand = readDemand(from, to, this.#runs.note(from, to));
    const leave = this.#join(demand, signal);
    try {
      while (demand.position < to) {
        signal?.throwIfAborted();
        const piece = this.#cache.peek(demand.position, to);
        if (piece) bytes.set(piece, demand.position - from);
        const length =
          piece?.length ??
          (await this.#cache.readInto(bytes.subarray(demand.position - from), demand.position));
        demand.position += length;
        if (length === 0) await this.#fetcher.arrival(demand, signal);
      }
    } finally {
      leave();
    }
    this.#servedBytes += bytes.length;
    return bytes;
  }

  /** Pieces may be views of the cache's memory: they are not to be changed. */
  async *stream(
    start: number,
    end: number,
    signal?: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    signal?.throwIfAborted();
    const { sizeBytes } = this.#info ?? (await this.open(signal));
    const from = Math.max(0, start);
    const to = Math.min(end, sizeBytes);
    if (to <= from) return;
    this.#runs.note(from, to);
    const demand = streamDemand(from, to, this.#maxAheadBytes);
    const leave = this.#join(demand, signal);
    try {
      while (demand.position < to) {
        signal?.throwIfAborted();
        const { position } = demand;
        const most = Math.min(to, position + PIECE_BYTES);
        const piece = this.#cache.peek(position, to) ?? (await this.#cache.readStored(position, most));
        if (piece) {
          demand.position += piece.length;
          this.#servedBytes += piece.length;
          this.#fetcher.pump();
          yield piece;
        } else {
          await this.#fetcher.arrival(demand, signal);
        }
      }
    } finally {
      leave();
    }
  }

  /** A hint that is longer than the cache has room for ahead is cut. */
  prefetch(start: number, end: number): void {
    const from = Math.max(0, start);
    if (!this.#closing) this.#fetcher.prefetch(from, Math.min(end, from + this.#maxAheadBytes));
  }

  pin(start: number, end: number): void {
    this.#cache.pin(Math.max(0, start), Math.min(end, this.#info?.sizeBytes ?? end));
  }

  stats(): SourceStats {
    const { spoolProgress } = this.#fetcher;
    return {
      requests: this.#origin.requests,
      fetchedBytes: this.#fetcher.fetchedBytes,
      cachedBytes: this.#cache.cachedBytes,
      servedBytes: this.#servedBytes,
      retries: this.#fetcher.retries,
      ...(spoolProgress === undefined ? {} : { spoolProgress }),
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #open(signal: AbortSignal): Promise<SourceInfo> {
    const first = await this.#fetcher.open(HEAD_BYTES, signal);
    this.#info ??= sourceInfo(first);
    this.#cache.pin(0, Math.min(HEAD_BYTES, first.sizeBytes));
    this.#fetcher.pump();
    return this.#info;
  }

  /** Registers a reader with the fetcher. The returned function takes it out again; a signal does so at once. */
  #join(demand: Demand, signal: AbortSignal | undefined): () => void {
    const leave = () => {
      signal?.removeEventListener('abort', leave);
      this.#fetcher.remove(demand, demand.position < demand.end);
    };
    signal?.addEventListener('abort', leave);
    this.#fetcher.add(demand);
    return leave;
  }

  async #close(): Promise<void> {
    this.#opening.abortAll(closed());
    await this.#fetcher.close(closed());
    await this.#connections.close();
    await this.#cache.close();
  }
}

function sourceInfo({ sizeBytes, headers, url }: FirstAnswer): SourceInfo {
  const disposition = headers['content-disposition'];
  return {
    sizeBytes,
    name: nameFromDisposition(disposition) ?? nameFromUrl(url),
    contentType: mediaType(headers['content-type']),
  };
}

function closed(): RaffiError {
  return new RaffiError('aborted', 'The source was closed.');
}
