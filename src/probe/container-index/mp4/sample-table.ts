import { descendant, type FullBox } from './boxes.ts';
import type { MovieTrack } from './movie.ts';
import type { TimelineBuilder } from './timeline.ts';

/** Where every sample is a random access point (sound, intra-only video), this many seconds between those listed are enough. */
const SPARSE_SECONDS = 0.5;

/**
 * Adds the samples that a track's `stbl` lists. Sound with samples of one size goes chunk by chunk: PCM has a sample per tick. Counts have passed
 * `assertSampleTables`; throws `media_damaged` when they come to more than the film's budget.
 */
export function addTableSamples(track: MovieTrack, into: TimelineBuilder): void {
  const table = readTable(track);
  if (!table) return;
  if (track.kind === 'video') addVideo(track, table, into);
  else addAudio(track, table, into);
}

/** A sample as its track's tables list it. Times in track ticks, before the edit list. */
export interface TableSample {
  time: number;
  duration: number;
  offset: number;
  sizeBytes: number;
}

/** Visits the samples that a track's `stbl` lists, in order. Counts have passed `assertSampleTables`. */
export function forEachTableSample(track: MovieTrack, visit: (sample: TableSample) => void): void {
  const table = readTable(track);
  if (table) forEachSample(table, visit);
}

interface Table {
  times: RunCursor;
  offsets: RunCursor | null;
  keys: FullBox | null;
  sizes: SampleSizes;
  chunks: ChunkCursor;
}

function readTable(track: MovieTrack): Table | null {
  const { bytes, sampleTable } = track;
  if (!sampleTable) return null;
  const find = (type: string) => descendant(bytes, sampleTable, type);
  const stts = find('stts');
  const stsc = find('stsc');
  const sizes = find('stsz') ?? find('stz2');
  const stco = find('stco');
  const co64 = stco ? null : find('co64');
  const ctts = find('ctts');
  if (!stts || !stsc || !sizes || !(stco ?? co64)) return null;
  return {
    times: new RunCursor(stts, false),
    // Version 0 is unsigned by the book, yet written signed by QuickTime and others; no real offset reaches 2^31.
    offsets: ctts ? new RunCursor(ctts, true) : null,
    keys: find('stss'),
    sizes: new SampleSizes(sizes, find('stsz') === null),
    chunks: new ChunkCursor(stsc, stco, co64),
  };
}

/** Not a generator: films have hundreds of thousands of samples, and are opened with each of them looked at. */
function forEachSample(table: Table, visit: (sample: TableSample, index: number) => void): void {
  const { times, offsets, sizes, chunks } = table;
  let decodeTime = 0;
  let sample = 0;
  for (; chunks.isValid && sample < sizes.count; chunks.next()) {
    let { offset } = chunks;
    for (let inChunk = 0; inChunk < chunks.samples && sample < sizes.count; inChunk++, sample++) {
      const duration = times.next();
      const sizeBytes = sizes.at(sample);
      visit({ time: decodeTime + (offsets?.next() ?? 0), duration, offset, sizeBytes }, sample);
      offset += sizeBytes;
      decodeTime += duration;
    }
  }
}

function addVideo(track: MovieTrack, table: Table, into: TimelineBuilder): void {
  const { keys } = table;
  const keyCount = keys?.count(4, 8, 4) ?? 0;
  let nextKey = 0;
  let lastListed = Number.NEGATIVE_INFINITY;
  forEachSample(table, ({ time, duration, offset, sizeBytes }, index) => {
    into.add(time, duration, offset + sizeBytes);
    if (keys === null) {
      if (time - lastListed >= SPARSE_SECONDS * track.timescale) {
        into.addPoint(time, offset);
        lastListed = time;
      }
    } else if (index === 0 || (nextKey < keyCount && keys.u32(8 + nextKey * 4) === index + 1)) {
      // The first sample counts whatever the table says: a film must be playable from its start.
      into.addPoint(time, offset);
    }
    while (keys && nextKey < keyCount && keys.u32(8 + nextKey * 4) <= index + 1) nextKey++;
  });
}

function addAudio(track: MovieTrack, table: Table, into: TimelineBuilder): void {
  const { times, sizes, chunks } = table;
  let time = 0;
  let sample = 0;
  let lastListed = Number.NEGATIVE_INFINITY;
  for (; chunks.isValid && sample < sizes.count; chunks.next()) {
    const { offset } = chunks;
    let end = offset;
    let rest = Math.min(chunks.samples, sizes.count - sample);
    while (rest > 0) {
      if (time - lastListed >= SPARSE_SECONDS * track.timescale) {
        into.addPoint(time, end);
        lastListed = time;
      }
      // QuickTime's fixed sizes are not to be trusted for compressed sound, so that such a chunk is taken whole.
      const { value, length } = times.take(sizes.isFixed ? rest : 1);
      end += sizes.isFixed ? 0 : sizes.at(sample);
      addRun(into, time, value, length, track.edit.mediaTime, end);
      time += value * length;
      sample += length;
      rest -= length;
    }
  }
}

/** Of a run of equally long samples only its first, its last and the first that the edit list shows matter. */
function addRun(
  into: TimelineBuilder,
  start: number,
  duration: number,
  length: number,
  shownFrom: number,
  endOffset: number,
): void {
  const shown = duration > 0 ? Math.ceil((shownFrom - start) / duration) : 0;
  const firstShown = Math.min(Math.max(shown, 0), length - 1);
  for (const i of [0, firstShown, length - 1]) into.add(start + i * duration, duration, endOffset);
}

/** Run-length coded values: `stts` and `ctts`. */
class RunCursor {
  readonly #box: FullBox;
  readonly #entries: number;
  readonly #isSigned: boolean;
  #entry = -1;
  #left = 0;
  #value = 0;

  constructor(box: FullBox, isSigned: boolean) {
    this.#box = box;
    this.#entries = box.count(4, 8, 8);
    this.#isSigned = isSigned;
  }

  /** The next sample's value; the last one again when the table is too short. */
  next(): number {
    this.#advance();
    if (this.#left > 0) this.#left--;
    return this.#value;
  }

  /** Up to `most` samples of one value. */
  take(most: number): { value: number; length: number } {
    this.#advance();
    const length = this.#left === 0 ? most : Math.min(most, this.#left);
    this.#left = Math.max(0, this.#left - length);
    return { value: this.#value, length };
  }

  /** To the next run that has samples left, if there is one. */
  #advance(): void {
    while (this.#left === 0 && this.#entry + 1 < this.#entries) {
      this.#entry++;
      const at = 8 + this.#entry * 8;
      this.#left = this.#box.u32(at);
      this.#value = this.#isSigned ? this.#box.i32(at + 4) : this.#box.u32(at + 4);
    }
  }
}

/** `stsz`, or the compact `stz2` (§8.7.3). */
class SampleSizes {
  readonly count: number;
  readonly #box: FullBox;
  readonly #fixed: number;
  readonly #bits: number;

  constructor(box: FullBox, isCompact: boolean) {
    this.#box = box;
    this.#fixed = isCompact ? 0 : box.u32(4);
    this.#bits = isCompact ? box.u8(7) : 32;
    this.count =
      this.#fixed > 0 ? box.u32(8) : Math.min(box.u32(8), Math.floor(((box.size - 12) * 8) / this.#bits));
  }

  get isFixed(): boolean {
    return this.#fixed > 0;
  }

  at(sample: number): number {
    if (this.#fixed > 0) return this.#fixed;
    if (this.#bits === 32) return this.#box.u32(12 + sample * 4);
    if (this.#bits === 16) return this.#box.u16(12 + sample * 2);
    if (this.#bits === 8) return this.#box.u8(12 + sample);
    const pair = this.#box.u8(12 + (sample >> 1));
    return sample % 2 === 0 ? pair >> 4 : pair & 15;
  }
}

/** Goes through the chunks: where each begins and how many samples it holds (`stsc` with `stco` or `co64`). */
class ChunkCursor {
  readonly #stsc: FullBox;
  readonly #runs: number;
  readonly #offsets: FullBox;
  readonly #isLong: boolean;
  readonly #count: number;
  #chunk = 0;
  #run = 0;

  constructor(stsc: FullBox, stco: FullBox | null, co64: FullBox | null) {
    this.#stsc = stsc;
    this.#runs = stsc.count(4, 8, 12);
    this.#offsets = stco ?? co64 ?? stsc;
    this.#isLong = stco === null;
    this.#count = this.#offsets.count(4, 8, this.#isLong ? 8 : 4);
  }

  get isValid(): boolean {
    return this.#chunk < this.#count && this.#runs > 0;
  }

  get offset(): number {
    return this.#isLong ? this.#offsets.u64(8 + this.#chunk * 8) : this.#offsets.u32(8 + this.#chunk * 4);
  }

  get samples(): number {
    return this.#stsc.u32(8 + this.#run * 12 + 4);
  }

  next(): void {
    this.#chunk++;
    // Chunks are counted from 1.
    while (this.#run + 1 < this.#runs && this.#stsc.u32(8 + (this.#run + 1) * 12) <= this.#chunk + 1)
      this.#run++;
  }
}
