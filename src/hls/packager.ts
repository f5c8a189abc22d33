import { ByteLru } from '../byte-lru.ts';
import { RaffiError } from '../errors.ts';
import type { Cuts } from '../plan/cuts.ts';
import type { Segment, SegmentPlan } from '../plan/types.ts';
import type { MediaInfo } from '../probe/media-info.ts';
import { type ByteParts, type GrowingParts, sizeOf, wholeOf } from '../remux/byte-parts.ts';
import type { SegmentPart } from '../remux/cmaf-segment.ts';
import { buildIFrame } from '../remux/i-frame.ts';
import { completeVideoFormat, type PacketReader } from '../remux/packet.ts';
import { buildCmafInit, buildTransportSegment, cmafFragments } from '../remux/segments.ts';
import type { ByteSource } from '../source/byte-source.ts';
import { Production } from './production.ts';
import { timeline } from './timeline.ts';

/** A CMAF rendition: `v0` is the video, `v<height>` a rung of the ladder below it, `a<n>` the audio track at position n. */
export type RenditionId = `v${number}` | `a${number}`;

/** One picture of the film: what it is read from, and the film as it is with that picture. */
export interface Picture {
  reader: PacketReader;
  media: MediaInfo;
}

/** Produced segments of all films of a core: one budget bounds its memory however many are open. */
export type SegmentCache = ByteLru<ByteParts>;

export function createSegmentCache(budgetBytes: number): SegmentCache {
  return new ByteLru(sizeOf, budgetBytes);
}

/** A segment, whole or in the making, and what its beginning cost: nothing, cached bytes only, or a request to the origin. */
export interface Produced extends GrowingParts {
  /** Film time at which it begins. */
  filmSeconds: number;
  from: 'produced' | 'fetched' | 'origin';
}

export interface PackagerOptions {
  /** Prefix of this film's keys in the shared cache. */
  id: string;
  source: ByteSource;
  media: MediaInfo;
  cuts: Cuts;
  reader: PacketReader;
  /** The ladder below the video, by rendition. */
  rungs?: ReadonlyMap<RenditionId, Picture>;
  cache: SegmentCache;
  /** Film time of the picture that the viewer needs next, seconds: kept up to date with what is asked for. */
  viewer: { seconds: number };
  /** Which of a rendition's editions this is, by the sound it carries: packagers of a film give the same bytes for the same edition. */
  edition: (audioPosition: number | null) => number;
  /** Of the film; counted on. */
  counts: SegmentCounts;
}

export interface SegmentCounts {
  produced: number;
  servedFromCache: number;
}

/** How many segments behind the one being played are asked of the source ahead of time. */
const READ_AHEAD_SEGMENTS = 2;

/**
 * Segment n of rendition r → bytes. Stateless but for its cache: the bytes of a segment depend on the plan and the source
 * alone, so they are the same cold, warm and after seeks (invariant 1), and nothing runs between requests (invariant 4). Whoever asks for a
 * segment that is being made joins in its making.
 */
export class Packager {
  readonly #options: PackagerOptions;
  readonly #productions = new Map<string, Production>();
  readonly #timelines = new Map<RenditionId, { plan: SegmentPlan; parts: SegmentPart[] }>();

  constructor(options: PackagerOptions) {
    this.#options = options;
  }

  /** The segments of a rendition. @throws `segment_not_found` when the film has no such rendition that can be copied. */
  timeline(rendition: RenditionId): SegmentPart[] {
    const { plan } = this.#options.cuts;
    const known = this.#timelines.get(rendition);
    if (known?.plan === plan) return known.parts;
    this.#formatOf(rendition);
    const parts = timeline(plan, endOf(plan, rendition));
    this.#timelines.set(rendition, { plan, parts });
    return parts;
  }

  /** The init segment of a rendition (ISO/IEC 14496-12 `ftyp` + `moov`). */
  async init(rendition: RenditionId, signal?: AbortSignal): Promise<ByteParts> {
    const key = `${this.#options.id}/${this.#nameOf(rendition)}/init`;
    const cached = this.#options.cache.get(key);
    if (cached) return cached;
    const { reader, media } = this.#pictureOf(rendition);
    const known = this.#formatOf(rendition);
    const format = known.kind === 'video' ? ((await completeVideoFormat(reader, signal)) ?? known) : known;
    const parts = [await buildCmafInit(format, media)];
    this.#options.cache.set(key, parts);
    return parts;
  }

  /**
   * A fragmented MP4 segment: as soon as its first fragment is there, with the others to follow. Its signal goes for both. Rejects with
   * `segment_not_found` and whatever reading the source rejects with.
   */
  async cmafSegment(rendition: RenditionId, index: number, signal?: AbortSignal): Promise<Produced> {
    const entry = this.timeline(rendition)[index];
    if (!entry) throw noSegment();
    const { reader, media } = this.#pictureOf(rendition);
    const track = isVideo(rendition) ? 'v' : positionOf(rendition);
    const locate = (running: AbortSignal) => this.#located(rendition, entry.segment, running);
    const made = this.#produce(
      `${this.#nameOf(rendition)}/${index}`,
      entry.segment,
      track === 'v' || !reader.video,
      signal,
      async function* (running) {
        yield* cmafFragments(reader, track, await locate(running), media, running);
      },
    );
    return track === 'v' ? this.#following(entry.segment, made) : made;
  }

  /**
   * The I-frame that a video segment begins with, as a fragment of its own for the same init segment. Not kept: the source has its bytes, a
   * cut takes a millisecond, and whoever scrubs asks for so many that they would drive out the segments being played. Rejects like
   * `cmafSegment`.
   */
  async iFrame(index: number, signal?: AbortSignal): Promise<ByteParts> {
    const entry = this.timeline('v0')[index];
    if (!entry) throw noSegment();
    const part = await this.#located('v0', entry.segment, signal);
    return buildIFrame(this.#options.reader, part, this.#options.media, signal);
  }

  /** An MPEG-TS segment with the video and one audio track, whole; `audioPosition` null for none. Rejects like `cmafSegment`. */
  async transportSegment(
    audioPosition: number | null,
    index: number,
    signal?: AbortSignal,
  ): Promise<Produced> {
    const { cuts, reader, media } = this.#options;
    const { plan } = cuts;
    const segment = plan.segments[index];
    if (!segment) throw noSegment();
    const key = `ts${audioPosition ?? 'v'}e${this.#options.edition(audioPosition)}/${index}`;
    // What it interleaves is known when all of it is there.
    const made = await this.#produce(key, segment, true, signal, async function* (running) {
      const located = await cuts.locate(segment, running);
      yield await buildTransportSegment(reader, audioPosition, located, { plan, media }, running);
    });
    return { ...made, parts: await wholeOf(made), rest: null };
  }

  close(): void {
    const reason = new RaffiError('session_not_found', 'The session was closed. Open the film again.');
    for (const production of [...this.#productions.values()]) production.abort(reason);
    this.#options.cache.deletePrefix(`${this.#options.id}/`);
    this.#options.reader.close();
    for (const { reader } of this.#options.rungs?.values() ?? []) reader.close();
  }

  async #located(rendition: RenditionId, planned: Segment, signal?: AbortSignal): Promise<SegmentPart> {
    const { cuts } = this.#options;
    const segment = await cuts.locate(planned, signal);
    const { startSeconds } = segment;
    return { segment, startSeconds, endSeconds: Math.min(segment.endSeconds, endOf(cuts.plan, rendition)) };
  }

  async #produce(
    name: string,
    segment: Segment,
    leadsReadAhead: boolean,
    signal: AbortSignal | undefined,
    build: (signal: AbortSignal) => AsyncIterable<ByteParts>,
  ): Promise<Produced> {
    const { id, cache, source, counts } = this.#options;
    const key = `${id}/${name}`;
    const filmSeconds = segment.startSeconds;
    const cached = cache.get(key);
    if (cached) {
      counts.servedFromCache += 1;
      return { parts: cached, rest: null, filmSeconds, from: 'produced' };
    }
    const before = source.stats();
    const production =
      this.#productions.get(key) ??
      this.#start(key, build, () => {
        if (leadsReadAhead) this.#readAhead(segment);
      });
    const pieces = production.read(signal);
    const first = await pieces.next();
    const after = source.stats();
    const touchedOrigin = after.requests !== before.requests || after.fetchedBytes !== before.fetchedBytes;
    const from = touchedOrigin ? 'origin' : 'fetched';
    const { whole } = production;
    if (whole === null) return { parts: first.value ?? [], rest: pieces, filmSeconds, from };
    await pieces.return();
    return { parts: whole, rest: null, filmSeconds, from };
  }

  #start(
    key: string,
    build: (signal: AbortSignal) => AsyncIterable<ByteParts>,
    onWhole: () => void,
  ): Production {
    const production = new Production({
      build,
      onWhole: (parts) => {
        this.#options.cache.set(key, parts);
        this.#options.counts.produced += 1;
        onWhole();
      },
      onOver: () => {
        if (this.#productions.get(key) === production) this.#productions.delete(key);
      },
    });
    this.#productions.set(key, production);
    return production;
  }

  /** One rendition leads (the video where there is one): hints of several would supersede each other. */
  #readAhead({ index }: Segment): void {
    const { cuts, source } = this.#options;
    const { plan } = cuts;
    const first = plan.segments[index + 1];
    const last = plan.segments[Math.min(index + READ_AHEAD_SEGMENTS, plan.segments.length - 1)];
    if (first && last) source.prefetch(first.startOffset, last.endOffset);
  }

  async #following({ startSeconds, endSeconds }: Segment, made: Promise<Produced>): Promise<Produced> {
    const { viewer } = this.#options;
    viewer.seconds = startSeconds;
    const produced = await made;
    viewer.seconds = endSeconds;
    return produced;
  }

  #nameOf(rendition: RenditionId): string {
    return `${rendition}e${this.#options.edition(isVideo(rendition) ? null : positionOf(rendition))}`;
  }

  #formatOf(rendition: RenditionId) {
    const { reader } = this.#pictureOf(rendition);
    const format = isVideo(rendition) ? reader.video : reader.audio[positionOf(rendition)];
    if (!format) throw noRendition();
    return format;
  }

  /** What a rendition is read from; sound comes with the video itself. */
  #pictureOf(rendition: RenditionId): Picture {
    if (!isVideo(rendition) || rendition === 'v0') return this.#options;
    const rung = this.#options.rungs?.get(rendition);
    if (!rung) throw noRendition();
    return rung;
  }
}

function isVideo(rendition: RenditionId): boolean {
  return rendition.startsWith('v');
}

/** Film time at which a rendition ends. */
function endOf(plan: SegmentPlan, rendition: RenditionId): number {
  return isVideo(rendition) ? (plan.videoEndSeconds ?? 0) : plan.durationSeconds;
}

function positionOf(rendition: RenditionId): number {
  return Number(rendition.slice(1));
}

function noRendition(): RaffiError {
  return new RaffiError('segment_not_found', 'This film has no such rendition. Fetch master.m3u8 again.');
}

function noSegment(): RaffiError {
  return new RaffiError('segment_not_found', 'The film has no such segment. Fetch the playlist again.');
}
