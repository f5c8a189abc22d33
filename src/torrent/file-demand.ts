import type { ByteRange } from '../source/range.ts';
import { type BandEnds, type BandedFilm, bandEnds, mostAhead } from './bands.ts';
import type { ByteTimeline } from './byte-timeline.ts';
import type { Demand } from './demands.ts';
import { bandProgress, type FileProgress, lackingBytes, type PiecesComing } from './file-progress.ts';
import type { TorrentFileInfo } from './metainfo.ts';
import { MissingPieces } from './missing-pieces.ts';
import type { ByteWant } from './wants.ts';

/** The end of a film holds its index as often as its head does; it is fetched beside the head, so that it is there when it is asked for. */
const TAIL_BYTES = 64 * 1024;
/** Shorter reads are of an index or of a line of text, and do not tell where the film plays. */
const PLAYED_BYTES = 128 * 1024;
/** What is fetched of a film's head beyond what is read of it, while it is examined and will be played from elsewhere. */
const EXAMINED_BYTES = 512 * 1024;
/** A film plays as long as its bytes are read so often, milliseconds: segments may be ten seconds long. */
const PLAYING_MS = 15_000;
/** What is fetched beyond `ahead` is wanted in parts of so much, so that a change of mind costs little. */
const WARM_BYTES = 8 * 1024 * 1024;
const REST_BYTES = 64 * 1024 * 1024;

/** Somebody who reads `[position, end)` of the file. */
export interface DemandReader {
  moveTo(position: number): void;
  leave: () => void;
}

/** What a demand needs to know of the torrent that its file lies in. */
export interface DemandContext extends PiecesComing {
  /** What all films may keep, bytes. */
  cacheBytes: number;
  /** Bytes that can be kept without giving up any that an open film has. */
  spareBytes: () => number;
  /** Film time at which playing will begin once the film has been examined, seconds; null: whatever is read is played. */
  startSeconds: number | null;
  onChange: () => void;
  nowMs: () => number;
}

interface Reader {
  position: number;
  end: number;
  /** Whether it tells where the film plays. */
  plays: boolean;
}

/**
 * What those who read one file of a torrent want of it, as bytes of the torrent in bands of urgency.
 *
 * - `now`: what somebody waits for. `next`: what a player will ask for within seconds, and the file's end. `ahead`: a minute of film, also while
 *   it is paused.
 * - `warm`: up to ten minutes of film, so that peers stay at work and unchoked, and no more than has been played since the last seek: who looks in for a
 *   moment leaves little behind. Only while it plays; only once all of `ahead` is here, so not where the link is what is lacking; only in room that
 *   nobody else uses; and a few blocks at a time of each peer (`pickBlocks`): what a peer has taken into its send buffer cannot be taken back, and a
 *   seek would wait behind it.
 * - `rest`: all of the file, from the playhead on and then before it, where somebody asked for that.
 */
export class FileDemand implements Demand {
  readonly #file: Pick<TorrentFileInfo, 'offset' | 'sizeBytes'>;
  readonly #context: DemandContext;
  readonly #readers = new Set<Reader>();
  readonly #missing: Record<'ahead' | 'behind' | 'before', MissingPieces>;
  #hint: ByteRange = { start: 0, end: 0 };
  #timeline: ByteTimeline | null = null;
  /** Where the film goes on; null as long as nobody knows. */
  #playhead: number | null;
  /** Since the last seek. */
  #playedFrom = 0;
  #playedMs = Number.NEGATIVE_INFINITY;
  #readMs = Number.NEGATIVE_INFINITY;
  /** Film time at which playing will begin, while reads only examine the film and do not tell where it plays; null from then on. */
  #startSeconds: number | null;
  #wantsWhole = false;

  constructor(file: Pick<TorrentFileInfo, 'offset' | 'sizeBytes'>, context: DemandContext) {
    this.#file = file;
    this.#context = context;
    this.#startSeconds = context.startSeconds;
    this.#playhead = context.startSeconds ? null : 0;
    const missing = () => new MissingPieces(context);
    this.#missing = { ahead: missing(), behind: missing(), before: missing() };
  }

  /** Registers a reader. It counts until it leaves. */
  reader(start: number, end: number): DemandReader {
    const reader: Reader = { position: start, end, plays: end - start >= PLAYED_BYTES };
    this.#readers.add(reader);
    this.#readMs = this.#context.nowMs();
    this.#context.onChange();
    return {
      moveTo: (position) => {
        reader.position = position;
        this.#readMs = this.#context.nowMs();
        if (reader.plays) this.#playAt(position);
        this.#context.onChange();
      },
      leave: () => {
        if (this.#readers.delete(reader)) this.#context.onChange();
      },
    };
  }

  /** `[start, end)` is wanted soon; replaces the last hint. */
  hint(start: number, end: number): void {
    // Made when the viewer had not sought yet: it comes late.
    const isPlayed = [...this.#readers].some(({ plays }) => plays);
    if (this.#startSeconds === null && isPlayed && this.#isSeek(start)) return;
    this.#playAt(start);
    this.#hint = { start, end: Math.min(end, start + mostAhead(this.#context.cacheBytes)) };
    this.#context.onChange();
  }

  /** Which bytes hold which seconds, as far as that is known by now, and from which film time on a film that does not play yet will be read. */
  setTimeline(timeline: ByteTimeline, startSeconds: number): void {
    this.#timeline = timeline;
    if (this.#startSeconds !== null) {
      this.#playedFrom = timeline.offsetAt(startSeconds);
      this.#playhead = this.#playedFrom;
    }
    this.#context.onChange();
  }

  /** The film has been examined, or cannot be: what is read from now on is played. */
  examined(): void {
    this.#startSeconds = null;
    this.#playhead ??= 0;
    this.#context.onChange();
  }

  /** All of the file is wanted, or no more of it than plays. */
  wantWhole(isWanted: boolean): void {
    this.#wantsWhole = isWanted;
    this.#context.onChange();
  }

  wants(): ByteWant[] {
    const { sizeBytes } = this.#file;
    // Who came last is where the viewer is now: a seek goes before what was being read.
    const readers = [...this.#readers].reverse().filter(({ position, end }) => position < end);
    const nextOf = readers.map(({ position, end }) =>
      this.#want(position, Math.min(end, this.#nextEnd(position)), 'next'),
    );
    const playhead = this.#playhead;
    const ends = playhead === null ? null : bandEnds(playhead, this.#film);
    const next = playhead === null || ends === null ? [] : [this.#want(playhead, ends.next, 'next')];
    return [
      ...readers.map(({ position }) => this.#want(position, position + 1, 'now')),
      this.#want(sizeBytes - TAIL_BYTES, sizeBytes, 'next'),
      ...nextOf,
      ...next,
      this.#want(this.#hint.start, this.#hint.end, 'ahead'),
      ...(playhead === null || ends === null ? [] : this.#beyond(playhead, ends)),
    ];
  }

  /** Up to where what is read at `position` will be read on. Whoever examines a film reads on from its head, and it is played from elsewhere. */
  #nextEnd(position: number): number {
    return this.#startSeconds ? position + EXAMINED_BYTES : bandEnds(position, this.#film).next;
  }

  #beyond(playhead: number, ends: BandEnds): ByteWant[] {
    const ahead = this.#want(playhead, ends.ahead, 'ahead');
    return [ahead, ...(this.#wantsWhole ? this.#rest(playhead, ends) : this.#warm(playhead, ends))];
  }

  progress(): FileProgress {
    const { sizeBytes } = this.#file;
    const context = this.#context;
    const at = this.#playhead ?? 0;
    const ends = bandEnds(at, this.#film);
    const now = this.#pieceEnd(at);
    const next = Math.max(now, ends.next);
    const ahead = Math.max(next, ends.ahead);
    const progress = (...parts: [start: number, end: number][]) =>
      bandProgress(
        parts.map(([start, end]) => this.#range(start, end)),
        context,
      );
    const waited = [...this.#readers].map(({ position }) => this.#range(position, position + 1));
    const second = this.#playhead === null ? [] : [this.#range(at, ends.second)];
    return {
      bands: {
        now: progress([at, now]),
        next: progress([now, next]),
        ahead: progress([next, ahead]),
        rest: progress([ahead, sizeBytes], [0, at]),
      },
      lackingBytes: Number.isFinite(this.#readMs) ? lackingBytes([...waited, ...second], context) : null,
    };
  }

  get readMs(): number {
    return this.#readMs;
  }

  get #film(): BandedFilm {
    return {
      sizeBytes: this.#file.sizeBytes,
      timeline: this.#timeline,
      cacheBytes: this.#context.cacheBytes,
    };
  }

  #playAt(position: number): void {
    if (this.#startSeconds !== null) return;
    if (this.#isSeek(position)) {
      this.#playedFrom = position;
      this.#hint = { start: 0, end: 0 };
    }
    this.#playhead = position;
    this.#playedMs = this.#context.nowMs();
  }

  /** Whether it is far from what plays. Sound and picture are read at two places that are near each other. */
  #isSeek(position: number): boolean {
    const playhead = this.#playhead ?? 0;
    const { next, ahead } = bandEnds(playhead, this.#film);
    return position > ahead || position < playhead - (next - playhead);
  }

  #warm(playhead: number, { ahead, warm }: BandEnds): ByteWant[] {
    const { nowMs, spareBytes } = this.#context;
    const isPlaying = nowMs() - this.#playedMs < PLAYING_MS;
    const end = Math.min(warm, ahead + Math.max(0, playhead - this.#playedFrom));
    if (!isPlaying || end <= ahead || !this.#missing.ahead.isNone(this.#range(playhead, ahead))) return [];
    const most = Math.min(WARM_BYTES, spareBytes());
    return inBand('warm', this.#missing.behind.within(this.#range(ahead, end), most));
  }

  #rest(playhead: number, { ahead }: BandEnds): ByteWant[] {
    const { behind, before } = this.#missing;
    const most = Math.min(REST_BYTES, this.#context.spareBytes());
    const after = behind.within(this.#range(ahead, this.#file.sizeBytes), most);
    const missing = after.length > 0 ? after : before.within(this.#range(0, playhead), most);
    return inBand('rest', missing);
  }

  #want(start: number, end: number, band: ByteWant['band']): ByteWant {
    return { ...this.#range(start, end), band };
  }

  /** Bytes of the file, as far as it has them, as bytes of the torrent. */
  #range(start: number, end: number): ByteRange {
    const { offset, sizeBytes } = this.#file;
    const inFile = (position: number) => offset + Math.min(Math.max(0, position), sizeBytes);
    return { start: inFile(start), end: inFile(end) };
  }

  /** Where in the file the piece ends that holds a byte of it. */
  #pieceEnd(position: number): number {
    const { offset } = this.#file;
    const { pieceBytes } = this.#context;
    return (Math.floor((offset + position) / pieceBytes) + 1) * pieceBytes - offset;
  }
}

function inBand(band: ByteWant['band'], ranges: readonly ByteRange[]): ByteWant[] {
  return ranges.map((range) => ({ ...range, band }));
}
