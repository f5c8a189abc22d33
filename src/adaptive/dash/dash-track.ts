import type { HttpResources } from '../../source/http-resources.ts';
import { checkSegmentCount, damaged } from '../limits.ts';
import type { OriginInit, OriginPlaylist, OriginSegment, OriginTrack } from '../origin.ts';
import type { DashDocument } from './dash-document.ts';
import { indexedSegments } from './indexed-file.ts';
import type { Mpd, Period, Representation } from './mpd.ts';
import { type TimedSegment, timedSegments } from './timed-segments.ts';

/** The segments of one representation, through all periods, as a playlist. */
export class DashTrack implements OriginTrack {
  readonly #document: DashDocument;
  readonly #resources: HttpResources;
  readonly #wanted: Representation;
  readonly #indexes = new Map<string, TimedSegment[]>();
  /** Numbers of the segments of the last list, by their start in milliseconds: a live list goes on counting from it. */
  #numbers = new Map<number, number>();

  constructor(document: DashDocument, resources: HttpResources, wanted: Representation) {
    this.#document = document;
    this.#resources = resources;
    this.#wanted = wanted;
  }

  async load(signal: AbortSignal): Promise<OriginPlaylist> {
    const mpd = await this.#document.current(signal);
    const hasEnded = this.#document.hasEnded(mpd);
    const segments: OriginSegment[] = [];
    const starts: number[] = [];
    const keys = new Set<string>();
    let firstPeriod: number | null = null;
    for (const period of mpd.periods) {
      const representation = counterpart(period, this.#wanted);
      if (representation?.addressing.kind === 'file') keys.add(indexKey(representation.addressing, period));
      const timed = representation ? await this.#timed(representation, period, mpd, signal) : [];
      // Each period may hold as many as a film; all of them together may not.
      checkSegmentCount(segments.length + timed.length);
      if (representation === null || timed.length === 0) continue;
      const ordinal = this.#document.ordinalOf(period);
      firstPeriod ??= ordinal;
      const { init } = representation.addressing;
      timed.forEach((one, index) => {
        starts.push(one.startSeconds);
        segments.push(
          segmentOf(one, init && { resource: init, key: null }, mpd, index === 0 && segments.length > 0),
        );
      });
    }
    // A live document may name its files anew each time.
    for (const key of this.#indexes.keys()) if (!keys.has(key)) this.#indexes.delete(key);
    if (segments.length === 0 && hasEnded) throw damaged('has no segments');
    return {
      hasEnded,
      type: hasEnded && !mpd.isDynamic ? 'vod' : 'live',
      firstSequence: mpd.isDynamic ? this.#numbered(starts, segments[0]?.durationSeconds ?? 1) : 0,
      discontinuitySequence: firstPeriod ?? 0,
      targetDurationSeconds: Math.max(
        1,
        ...segments.map(({ durationSeconds }) => Math.ceil(durationSeconds)),
      ),
      segments,
    };
  }

  async #timed(
    { addressing }: Representation,
    period: Period,
    mpd: Mpd,
    signal: AbortSignal,
  ): Promise<TimedSegment[]> {
    if (addressing.kind !== 'file') return timedSegments(addressing, period, this.#document.window(mpd));
    const key = indexKey(addressing, period);
    const known =
      this.#indexes.get(key) ?? (await indexedSegments(addressing, period, this.#resources, signal));
    this.#indexes.set(key, known);
    return known;
  }

  /** The first segment's number: the one it had, else the one after those before it; at first by its time, so that renditions agree. */
  #numbered(starts: readonly number[], lengthSeconds: number): number {
    const keys = starts.map((seconds) => Math.round(seconds * 1000));
    const anchor = keys.findIndex((key) => this.#numbers.has(key));
    const known = this.#numbers.get(keys[anchor] ?? Number.NaN);
    const last = Math.max(-1, ...this.#numbers.values());
    const first =
      known !== undefined
        ? known - anchor
        : last >= 0
          ? last + 1
          : Math.max(0, Math.round((starts[0] ?? 0) / lengthSeconds));
    this.#numbers = new Map(keys.map((key, index) => [key, Math.max(0, first) + index]));
    return Math.max(0, first);
  }
}

function indexKey({ url }: { url: URL }, { startSeconds }: Period): string {
  return `${startSeconds} ${url.href}`;
}

/** The representation of a period that goes on with another period's: by its id, else the nearest in quality of the same kind and language. */
function counterpart({ representations }: Period, wanted: Representation): Representation | null {
  const alike = representations.filter(
    ({ kind, language, isProtected }) => kind === wanted.kind && language === wanted.language && !isProtected,
  );
  const same = alike.find(({ id }) => id === wanted.id);
  const distance = ({ bandwidth }: Representation) => Math.abs(bandwidth - wanted.bandwidth);
  return same ?? alike.toSorted((a, b) => distance(a) - distance(b))[0] ?? null;
}

function segmentOf(
  { resource, startSeconds, durationSeconds }: TimedSegment,
  init: OriginInit | null,
  { isDynamic, availabilityStartSeconds }: Mpd,
  isDiscontinuity: boolean,
): OriginSegment {
  // Players put the renditions of a live stream beside each other by it.
  const moment = new Date((availabilityStartSeconds + startSeconds) * 1000);
  const programDateTime = isDynamic && !Number.isNaN(moment.getTime()) ? moment.toISOString() : null;
  return { resource, durationSeconds, init, key: null, isDiscontinuity, programDateTime, isGap: false };
}
