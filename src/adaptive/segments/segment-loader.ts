import { RaffiError } from '../../errors.ts';
import { type ByteParts, sizeOf } from '../../remux/byte-parts.ts';
import type { HttpResources } from '../../source/http-resources.ts';
import { MAX_SEGMENT_BYTES } from '../limits.ts';
import type { OriginInit, OriginSegment } from '../origin.ts';
import { decryption, Keys } from './decryption.ts';
import { SegmentFlight, type SegmentLoad } from './segment-flight.ts';
import type { SegmentStore } from './segment-store.ts';

/** A segment whose first bytes are there. Decrypted. */
export interface OpenedSegment {
  /** Bytes in all; null when the origin does not say, or they are only known once decrypted. */
  sizeBytes: number | null;
  from: 'fetched' | 'origin';
  /** The bytes as they arrive; once only. */
  read(signal?: AbortSignal): AsyncIterable<Uint8Array>;
}

/** Fetches what an origin's playlists name: each segment once, however many ask for it, and again only when the disk has lost it. */
export class SegmentLoader {
  readonly #resources: HttpResources;
  readonly #store: SegmentStore;
  readonly #keys: Keys;
  readonly #flights = new Map<string, SegmentFlight>();
  servedBytes = 0;

  constructor(resources: HttpResources, store: SegmentStore) {
    this.#resources = resources;
    this.#store = store;
    this.#keys = new Keys(resources);
  }

  /** @throws `source_*`, `media_damaged`, or the signal's reason. */
  async open(
    segment: Pick<OriginSegment, 'resource' | 'key'> | OriginInit,
    signal?: AbortSignal,
  ): Promise<OpenedSegment> {
    const key = storeKey(segment);
    const stored = await this.#store.get(key);
    signal?.throwIfAborted();
    if (stored) {
      return { sizeBytes: sizeOf(stored), from: 'fetched', read: () => this.#counted(inOrder(stored)) };
    }
    const running = this.#flights.get(key);
    const flight = running && !running.hasFailed ? running : this.#start(key, segment);
    await flight.open(signal);
    return {
      sizeBytes: flight.sizeBytes,
      from: 'origin',
      read: (reading) => this.#counted(flight.read(reading)),
    };
  }

  close(): void {
    const closed = new RaffiError('session_not_found', 'The session was closed. Open the film again.');
    for (const flight of this.#flights.values()) flight.abort(closed);
    this.#flights.clear();
  }

  #start(key: string, segment: Pick<OriginSegment, 'resource' | 'key'>): SegmentFlight {
    const flight = new SegmentFlight(this.#load(segment));
    this.#flights.set(key, flight);
    void flight.ended.then(() => {
      if (flight.parts) this.#store.set(key, flight.parts);
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    });
    return flight;
  }

  #load({ resource, key }: Pick<OriginSegment, 'resource' | 'key'>): SegmentLoad {
    return async (sink, signal) => {
      const clear = key && decryption(await this.#keys.bytesOf(key, signal), key.iv);
      let sizeBytes = 0;
      const counted = (more: number) => {
        sizeBytes += more;
        if (sizeBytes > MAX_SEGMENT_BYTES) throw tooLarge();
      };
      await this.#resources.fetch(
        resource,
        {
          head: (head) => {
            if ((head.sizeBytes ?? 0) > MAX_SEGMENT_BYTES) throw tooLarge();
            sink.head(clear ? null : head.sizeBytes);
          },
          data: (chunk) => {
            counted(chunk.length);
            sink.data(clear ? clear.update(chunk) : chunk);
          },
        },
        signal,
      );
      if (clear) sink.data(clear.end());
    };
  }

  async *#counted(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
    for await (const piece of pieces) {
      this.servedBytes += piece.length;
      yield piece;
    }
  }
}

/** Stays in memory, never in a log: addresses may carry keys. */
function storeKey({ resource, key }: Pick<OriginSegment, 'resource' | 'key'>): string {
  const { url, range } = resource;
  const iv = key ? Buffer.from(key.iv).toString('hex') : '';
  return `${url.href} ${range ? `${range.start}-${range.end}` : ''} ${iv}`;
}

async function* inOrder(parts: ByteParts): AsyncGenerator<Uint8Array, void, void> {
  yield* parts;
}

function tooLarge(): RaffiError {
  return new RaffiError(
    'media_damaged',
    `A segment of the film is larger than ${MAX_SEGMENT_BYTES / 1024 / 1024} MiB, which no player can hold. Look for another source.`,
  );
}
