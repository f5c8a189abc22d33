import { damaged } from '../../probe/container-index/failures.ts';

/** A picture as a scan comes across it, in decode order. Film time in seconds. */
export interface SeenPicture {
  seconds: number;
  /** Absolute offset where reading for it begins. */
  offset: number;
  /** Decoding can begin here. */
  isKey: boolean;
}

/** Where decoding can begin. */
export type AccessPoint = Pick<SeenPicture, 'seconds' | 'offset'>;

/** An access point that was looked for. */
export interface FoundPoint extends AccessPoint {
  /** Where pictures end before it, if there is a hole: damage, or a clock that jumps forward. */
  holeSeconds?: number;
}

/**
 * The pictures from an offset on: from the first that begins there or behind, wherever the offset lies.
 *
 * @param expectedEnd up to where bytes will probably be wanted, for one request
 */
export type Scan = (
  offset: number,
  expectedEnd: number,
  signal: AbortSignal | undefined,
) => AsyncIterable<SeenPicture>;

export interface SearchOptions {
  scan: Scan;
  /** Places whose times are known, in any order; the film's first access point among them. */
  known: readonly AccessPoint[];
  /** Where the film's media end, and when. */
  end: AccessPoint;
}

/** Decode order runs ahead of presentation by less: a picture seen this much before a time was decoded before all those behind it. */
const LEAD_SECONDS = 0.6;
/** Where a scan is meant to begin before the time, and how early is good enough: to look again costs a round trip. */
const AIM_SECONDS = 1.2;
const NEAR_SECONDS = 3;
/** By then the guesses have been as good as they get: the rest is read through. */
const MAX_LOOKS = 8;
/** Less is sooner read than looked through. */
const NEAR_BYTES = 256 << 10;
/** What one search may read through, in bytes and film time, before the film counts as having no access point there. */
const MAX_SCAN_BYTES = 256 << 20;
const MAX_SCAN_SECONDS = 60;
/** So much film is asked of the source at once: the search's own way, and a segment's beginning. */
const EXPECTED_SECONDS = 4;
const MAX_REMEMBERED = 4096;
/** Between pictures that follow each other in the file; still pictures are not sent so seldom. */
const HOLE_SECONDS = 1.5;

/**
 * Finds access points by time in a file that keeps no list of them: guesses an offset from the times of places it knows, looks, guesses better, and
 * reads on to the first key picture. A handful of small reads however large the file, since what it sees it remembers.
 *
 * What it finds depends on the file alone, not on what was looked for before: the first access point at or after a time, in the order of the
 * file, from a picture on that lies clearly before that time.
 */
export class AccessPointSearch {
  readonly #options: SearchOptions;
  /** By time, ascending, and by offset too. */
  readonly #places: AccessPoint[];

  constructor(options: SearchOptions) {
    this.#options = options;
    this.#places = [...options.known, options.end].sort((a, b) => a.seconds - b.seconds);
  }

  /**
   * The first access point at or after a film time; null when the film has none there.
   *
   * @throws `media_damaged` when none comes for so long that no player would wait for it, what reading rejects with, or the signal's reason
   */
  async firstAtOrAfter(seconds: number, signal?: AbortSignal): Promise<FoundPoint | null> {
    for (let look = 0; ; look++) {
      const { from, isLast } = this.#guess(seconds, look);
      const found = await this.#lookFrom(from, seconds, isLast, signal);
      if (found !== 'elsewhere') return found;
    }
  }

  /** Where to look next. `isLast`: what lies there is read through, whatever it is. */
  #guess(seconds: number, look: number): { from: number; isLast: boolean } {
    const before = this.#places.findLast((place) => place.seconds <= seconds - LEAD_SECONDS);
    const low = before ?? this.#places[0];
    const high = this.#places.find((place) => place.seconds > seconds - LEAD_SECONDS) ?? this.#options.end;
    if (!low || !before) return { from: low?.offset ?? 0, isLast: true };
    const span = high.seconds - low.seconds;
    const bytes = high.offset - low.offset;
    if (seconds - low.seconds <= NEAR_SECONDS || bytes <= NEAR_BYTES || look >= MAX_LOOKS || span <= 0)
      return { from: low.offset, isLast: true };
    const share = (seconds - AIM_SECONDS - low.seconds) / span;
    // After some misses the times do not rise evenly: halves then, as any search does.
    const part = look >= MAX_LOOKS / 2 ? 0.5 : Math.min(0.95, Math.max(0, share));
    return { from: low.offset + Math.floor(bytes * part), isLast: false };
  }

  async #lookFrom(
    from: number,
    seconds: number,
    isLast: boolean,
    signal: AbortSignal | undefined,
  ): Promise<FoundPoint | null | 'elsewhere'> {
    const { end, scan } = this.#options;
    const rate = Math.max(1, end.offset) / Math.max(1, end.seconds);
    const expected = from + Math.max(NEAR_BYTES, Math.ceil(rate * EXPECTED_SECONDS));
    let isFirst = true;
    let latest = Number.POSITIVE_INFINITY;
    let hole: { holeSeconds?: number } = {};
    let reached = seconds;
    for await (const picture of scan(from, expected, signal)) {
      if (isFirst) {
        isFirst = false;
        // The offset asked for is what the next guess goes by: the picture begins behind it.
        this.#remember({ seconds: picture.seconds, offset: from });
        const isLate = picture.seconds > seconds - LEAD_SECONDS;
        const isEarly = picture.seconds < seconds - NEAR_SECONDS;
        if (!isLast && (isLate || isEarly)) return 'elsewhere';
      }
      if (picture.seconds - latest > HOLE_SECONDS) {
        hole = { holeSeconds: latest };
        reached = picture.seconds;
      }
      latest = Math.max(picture.seconds, Number.isFinite(latest) ? latest : picture.seconds);
      if (picture.isKey && picture.seconds >= seconds)
        return { seconds: picture.seconds, offset: picture.offset, ...hole };
      if (picture.offset - from > MAX_SCAN_BYTES || picture.seconds > reached + MAX_SCAN_SECONDS)
        throw damaged('There is no place to begin at for a minute of film.');
    }
    if (isFirst && !isLast) {
      // Nothing but garbage, or the film's last picture lies before.
      this.#remember({ seconds: end.seconds, offset: from });
      return 'elsewhere';
    }
    return null;
  }

  /** Only what fits between its neighbours: a place whose time is damaged would mislead every later guess. */
  #remember(place: AccessPoint): void {
    const at = this.#places.findIndex((known) => known.offset >= place.offset);
    const next = this.#places[at];
    const before = this.#places[at - 1];
    if (at < 0 || next?.offset === place.offset || this.#places.length >= MAX_REMEMBERED) return;
    if (before && next && before.seconds <= place.seconds && place.seconds <= next.seconds)
      this.#places.splice(at, 0, place);
  }
}
