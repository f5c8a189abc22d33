import type { ByteTimeline } from './byte-timeline.ts';

/** What a film is played from, as far as bands of it depend on that. */
export interface BandedFilm {
  sizeBytes: number;
  /** Null as long as nobody knows which bytes hold which seconds. */
  timeline: ByteTimeline | null;
  /** What all films may keep, bytes. */
  cacheBytes: number;
}

/** Offsets in the file at which the bands end that begin at a playhead; each is longer than the one before. */
export interface BandEnds {
  /** What a player shows first. */
  second: number;
  next: number;
  ahead: number;
  /** How far beyond `ahead` anything is fetched that nobody asked for. */
  warm: number;
}

const MIB = 1024 * 1024;
/** Seconds of film beyond the playhead: what a player asks for in its next requests, */
const NEXT_SECONDS = 10;
/** what is fetched of a film whether it plays or not, */
const AHEAD_SECONDS = 60;
/** and what is fetched of one that plays, where the link has nothing better to do. */
const WARM_SECONDS = 600;
/** Of a film with few bits per second: requests, pieces and peers' pauses have their size whatever that is. */
const LEAST_NEXT_BYTES = MIB;
const LEAST_AHEAD_BYTES = 8 * MIB;
/** Where no time is known: a second, ten and forty at 7 Mb/s. */
const LIKELY_SECOND_BYTES = MIB;
const LIKELY_NEXT_BYTES = 8 * MIB;
const LIKELY_AHEAD_BYTES = 32 * MIB;
/** What is wanted is never given up, and several films share one cache: so it must stay well below what that holds. */
const MOST_AHEAD_BYTES = 256 * MIB;
const PART_OF_CACHE = 8;

/** How far the bands of a film reach that plays at `position`, a byte of its file. Pure. */
export function bandEnds(position: number, film: BandedFilm): BandEnds {
  const most = mostAhead(film.cacheBytes);
  const { second, next, ahead, warm } = lengths(position, film.timeline);
  const end = (bytes: number) => Math.min(film.sizeBytes, position + bytes);
  return {
    second: end(Math.max(1, second)),
    next: end(Math.min(next, most)),
    ahead: end(Math.min(ahead, most)),
    warm: end(Math.max(warm, Math.min(ahead, most))),
  };
}

/** What may be wanted ahead of a film at most, bytes. */
export function mostAhead(cacheBytes: number): number {
  return Math.min(MOST_AHEAD_BYTES, cacheBytes / PART_OF_CACHE);
}

function lengths(position: number, timeline: ByteTimeline | null): BandEnds {
  if (timeline === null)
    return { second: LIKELY_SECOND_BYTES, next: LIKELY_NEXT_BYTES, ahead: LIKELY_AHEAD_BYTES, warm: 0 };
  const seconds = timeline.secondsAt(position);
  const bytesOf = (length: number) => timeline.offsetAt(seconds + length) - position;
  return {
    second: bytesOf(1),
    next: Math.max(LEAST_NEXT_BYTES, bytesOf(NEXT_SECONDS)),
    ahead: Math.max(LEAST_AHEAD_BYTES, bytesOf(AHEAD_SECONDS)),
    warm: bytesOf(WARM_SECONDS),
  };
}
