import { SingleFlight } from '../../single-flight.ts';
import type { FetchedResource, HttpResources } from '../../source/http-resources.ts';
import { MAX_MANIFEST_BYTES } from '../limits.ts';
import { type Mpd, type Period, parseMpd } from './mpd.ts';
import type { AvailableWindow } from './timed-segments.ts';

/** However short the update period is, the document is asked for no oftener. */
const MIN_UPDATE_SECONDS = 1;

/** Periods remembered; a document has a few. */
const MAX_PERIODS = 1000;

/** An MPD as fresh as it says it should be, shared by all its tracks. */
export class DashDocument {
  readonly #resources: HttpResources;
  readonly #flights = new SingleFlight<Mpd>();
  #address: URL;
  #mpd: Mpd;
  #fetchedAtMs = Date.now();
  /** Periods by their start, counted as they were met. */
  readonly #ordinals = new Map<number, number>();
  #periodCount = 0;
  /** What the server's clock is ahead of ours, seconds. */
  #clockOffset = 0;

  /** @throws `media_damaged` */
  constructor(manifest: FetchedResource, resources: HttpResources) {
    this.#resources = resources;
    this.#address = manifest.url;
    this.#mpd = this.#take(manifest);
  }

  /** As last fetched. */
  get known(): Mpd {
    return this.#mpd;
  }

  /** @throws `media_damaged`, `source_*` */
  async current(signal: AbortSignal): Promise<Mpd> {
    const { isDynamic, minimumUpdateSeconds } = this.#mpd;
    const ageSeconds = (Date.now() - this.#fetchedAtMs) / 1000;
    if (!isDynamic || minimumUpdateSeconds === null) return this.#mpd;
    if (ageSeconds < Math.max(MIN_UPDATE_SECONDS, minimumUpdateSeconds)) return this.#mpd;
    return this.#flights.run(
      'mpd',
      async (running) => {
        const resource = { url: this.#address, range: null };
        return this.#take(await this.#resources.read(resource, MAX_MANIFEST_BYTES, running));
      },
      signal,
    );
  }

  /** Null for a presentation that is complete. */
  window({
    isDynamic,
    availabilityStartSeconds,
    timeShiftSeconds,
    durationSeconds,
  }: Mpd): AvailableWindow | null {
    if (!isDynamic) return null;
    const untilSeconds = Date.now() / 1000 + this.#clockOffset - availabilityStartSeconds;
    return {
      fromSeconds: timeShiftSeconds === null ? 0 : untilSeconds - timeShiftSeconds,
      untilSeconds: Math.min(untilSeconds, durationSeconds ?? Number.POSITIVE_INFINITY),
    };
  }

  /** Whether nothing will be added any more. */
  hasEnded(mpd: Mpd): boolean {
    const window = this.window(mpd);
    return window === null || (mpd.durationSeconds !== null && window.untilSeconds >= mpd.durationSeconds);
  }

  /** The number of a period among all there were: of the breaks before it, the same for every track. */
  ordinalOf({ startSeconds }: Period): number {
    const known = this.#ordinals.get(startSeconds);
    if (known !== undefined) return known;
    const ordinal = this.#periodCount;
    this.#periodCount += 1;
    this.#ordinals.set(startSeconds, ordinal);
    for (const oldest of this.#ordinals.keys()) {
      if (this.#ordinals.size <= MAX_PERIODS) break;
      this.#ordinals.delete(oldest);
    }
    return ordinal;
  }

  #take({ bytes, url, clockSeconds }: FetchedResource): Mpd {
    const mpd = parseMpd(new TextDecoder('utf-8').decode(bytes), url);
    const nowMs = Date.now();
    const server = mpd.utcSeconds ?? clockSeconds;
    const offset = server === null ? 0 : server - nowMs / 1000;
    // A header tells whole seconds, and was written some time ago: a small difference is none.
    this.#clockOffset = Math.abs(offset) < 2 ? 0 : offset;
    this.#address = mpd.location ?? url;
    this.#mpd = mpd;
    this.#fetchedAtMs = nowMs;
    return mpd;
  }
}
