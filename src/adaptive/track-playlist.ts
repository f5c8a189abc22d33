import { RaffiError } from '../errors.ts';
import { SingleFlight } from '../single-flight.ts';
import type { OriginInit, OriginPlaylist, OriginSegment, OriginTrack } from './origin.ts';

/** However short its segments, a stream's list is asked for no oftener. */
const MIN_REFRESH_MS = 1000;
/** A window whose refresh fails is still the answer for so many of its target durations: the player asks again by itself. */
const STALE_TARGETS = 3;
const MIN_STALE_MS = 10_000;
/** Segments that left a live window may still be asked for, by players that hold an older list. */
const MAX_LEFT = 200;
/** Init segments remembered; a live stream may name a new one after each advertisement. */
const MAX_INITS = 2000;

/** One track's list of segments, as fresh as its origin makes it: a complete one is fetched once, a live one again when it is asked for and due. */
export class TrackPlaylist {
  readonly #track: OriginTrack;
  readonly #now: () => number;
  readonly #flights = new SingleFlight<OriginPlaylist>();
  readonly #segments = new Map<number, OriginSegment>();
  readonly #inits = new Map<string, { number: number; init: OriginInit }>();
  #known: OriginPlaylist | undefined;
  #fetchedAtMs = 0;
  #initCount = 0;

  /** @param now milliseconds of a monotonic clock */
  constructor(track: OriginTrack, now: () => number) {
    this.#track = track;
    this.#now = now;
  }

  /** The list as last fetched. */
  get known(): OriginPlaylist | undefined {
    return this.#known;
  }

  /** @throws what loading it throws, when there is no list yet or only a stale one. */
  async current(signal?: AbortSignal): Promise<OriginPlaylist> {
    const known = this.#known;
    if (known && (known.hasEnded || this.#ageMs < refreshMs(known))) return known;
    try {
      return await this.#flights.run('list', (running) => this.#refresh(running), signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (known && this.#ageMs < staleMs(known)) return known;
      throw error;
    }
  }

  /** @throws `segment_not_found` for a number that is not, or no longer, in the list. */
  async segment(sequence: number, signal?: AbortSignal): Promise<OriginSegment> {
    await this.#atLeastOnce(signal);
    const segment = this.#segments.get(sequence);
    if (!segment) throw noSegment();
    return segment;
  }

  /** @throws `segment_not_found` for a number that `initNumber` never gave. */
  async init(number: number, signal?: AbortSignal): Promise<OriginInit> {
    await this.#atLeastOnce(signal);
    for (const entry of this.#inits.values()) if (entry.number === number) return entry.init;
    throw noSegment();
  }

  /** A name for an init segment: the same for the same bytes. */
  initNumber({ resource: { url, range } }: OriginInit): number {
    return this.#inits.get(`${url.href} ${range?.start ?? ''}`)?.number ?? 0;
  }

  get #ageMs(): number {
    return this.#now() - this.#fetchedAtMs;
  }

  /** A core that was restarted knows nothing of the lists it wrote before. */
  async #atLeastOnce(signal?: AbortSignal): Promise<void> {
    if (!this.#known) await this.current(signal);
  }

  async #refresh(signal: AbortSignal): Promise<OriginPlaylist> {
    const playlist = await this.#track.load(signal);
    this.#known = playlist;
    this.#fetchedAtMs = this.#now();
    playlist.segments.forEach((segment, index) => {
      this.#segments.set(playlist.firstSequence + index, segment);
      if (segment.init) this.#noteInit(segment.init);
    });
    this.#forget(playlist);
    return playlist;
  }

  #noteInit(init: OriginInit): void {
    const key = `${init.resource.url.href} ${init.resource.range?.start ?? ''}`;
    const known = this.#inits.get(key);
    if (known) known.init = init;
    else {
      this.#inits.set(key, { number: this.#initCount, init });
      this.#initCount += 1;
    }
    for (const oldest of this.#inits.keys()) {
      if (this.#inits.size <= MAX_INITS) break;
      this.#inits.delete(oldest);
    }
  }

  #forget({ firstSequence, segments }: OriginPlaylist): void {
    const end = firstSequence + segments.length;
    for (const sequence of [...this.#segments.keys()]) {
      // An encoder that was started anew counts from the beginning: what it had beyond is another stream's.
      if (sequence < firstSequence - MAX_LEFT || sequence >= end) this.#segments.delete(sequence);
    }
  }
}

/** RFC 8216 §6.3.4: not before half the target duration, if the list did not change; players ask in that rhythm. */
function refreshMs({ targetDurationSeconds }: OriginPlaylist): number {
  return Math.max(MIN_REFRESH_MS, (targetDurationSeconds * 1000) / 2);
}

function staleMs({ targetDurationSeconds }: OriginPlaylist): number {
  return Math.max(MIN_STALE_MS, targetDurationSeconds * 1000 * STALE_TARGETS);
}

function noSegment(): RaffiError {
  return new RaffiError(
    'segment_not_found',
    'The stream has no such segment, or no longer. Fetch the playlist again.',
  );
}
