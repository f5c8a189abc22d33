import { damaged, noIndex } from '../failures.ts';
import { type IndexedFile, readRange } from '../file.ts';
import type { AccessPoint } from '../film-clock.ts';
import { WALKABLE_BYTES } from '../options.ts';
import { Window } from '../window.ts';
import { WorkBudget } from '../work-budget.ts';
import { MAX_BOX_HEADER_BYTES, readBox } from './boxes.ts';
import { type LoadedBox, loadBox, MAX_MOOF_BYTES } from './find-boxes.ts';
import { type FragmentIndex, readMfra, readSidx } from './fragment-index.ts';
import { addFragment, type NextTimes } from './fragments.ts';
import type { Movie, MovieTrack } from './movie.ts';
import type { Timeline, TimelineBuilder } from './timeline.ts';

/** The main track's timeline and where the others end. */
export interface FilmTimeline {
  main: Timeline;
  /** The end of the longest track, seconds of the container's clock. */
  endSeconds: number;
  /** Bytes of the index besides `moov`. */
  indexRanges: { start: number; end: number }[];
}

/** Builders of the tracks that matter, already holding what `moov` itself lists (a hybrid film's first fragment). */
export type Builders = Map<number, { track: MovieTrack; builder: TimelineBuilder }>;

/** A day of fragments of a tenth of a second has 2 million. */
const MAX_BOXES = 4_000_000;
/** Boxes between `moov` and the first `moof`: `sidx` one per track, `free`, `uuid`. */
const MAX_STEPS = 32;
const CHUNK_BYTES = 64 * 1024;
const LOCAL_WINDOW_BYTES = 16 * 1024;
const REMOTE_WINDOW_BYTES = 1024 * 1024;
/** A `sidx` covers the film when what it lists ends so near the file's end (there may be an `mfra` or other boxes behind). */
const COVERED_SHARE = 0.9;

/**
 * A fragmented film's timeline: from the `sidx` boxes at its front; from the `mfra` at its end; or by going from fragment to fragment where that
 * is cheap. An index lists fragments, and of each its first keyframe: enough to cut at.
 */
export async function readFragmented(
  file: IndexedFile,
  movie: Movie,
  moovEnd: number,
  main: MovieTrack,
  builders: Builders,
): Promise<FilmTimeline> {
  const front = await readFront(file, moovEnd);
  const { moof } = front;
  if (moof) {
    const first = firstFragment(moof, builders);
    const bySidx = fromSidx(front, main, first, builders, file.sizeBytes);
    if (bySidx) return bySidx;
    const byMfra = await fromMfra(file, movie, main, first, builders);
    if (byMfra) return byMfra;
  }
  if (!file.cheapReads && file.sizeBytes > WALKABLE_BYTES) {
    throw noIndex('The fragmented MP4 file has no index of its fragments (sidx or mfra).');
  }
  return walkFragments(file, moof?.offset ?? moovEnd, main, builders);
}

/** The first fragment's own timeline by track: what the indexes' times are brought in line with. */
function firstFragment(moof: LoadedBox, builders: Builders): Map<number, Timeline> {
  const own: Builders = new Map();
  for (const [id, { track, builder }] of builders) own.set(id, { track, builder: builder.fresh() });
  addFragment(moof.bytes, moof.box, moof.offset, own, new Map());
  return new Map([...own].map(([id, { builder }]) => [id, builder.build()]));
}

interface Front {
  sidx: FragmentIndex[];
  sidxRange: { start: number; end: number } | null;
  moof: LoadedBox | null;
}

/** What lies between `moov` and the first fragment's samples. */
async function readFront(file: IndexedFile, moovEnd: number): Promise<Front> {
  const front: Front = { sidx: [], sidxRange: null, moof: null };
  let held = { bytes: file.head, base: 0 };
  let offset = moovEnd;
  for (let step = 0; step < MAX_STEPS && offset + 8 <= file.sizeBytes; step++) {
    if (offset + MAX_BOX_HEADER_BYTES > held.base + held.bytes.length) {
      held = { base: offset, bytes: await readRange(file, offset, offset + CHUNK_BYTES) };
    }
    const box = readBox(held.bytes, offset - held.base);
    if (!box || box.end === null) break;
    const end = held.base + box.end;
    if (box.type === 'sidx' || box.type === 'moof') {
      if (end > file.sizeBytes || end - offset > MAX_MOOF_BYTES) break;
      const loaded = await loadBox(file, offset, end, held);
      if (box.type === 'moof') {
        front.moof = loaded;
        break;
      }
      const index = readSidx(loaded.bytes, loaded.box, end);
      if (index) front.sidx.push(index);
      front.sidxRange = { start: front.sidxRange?.start ?? offset, end };
    }
    offset = end;
  }
  return front;
}

function fromSidx(
  front: Front,
  main: MovieTrack,
  first: ReadonlyMap<number, Timeline>,
  builders: Builders,
  sizeBytes: number,
): FilmTimeline | null {
  const index = front.sidx.find((sidx) => sidx.trackId === main.id);
  if (!index || index.endSeconds === null || (index.endOffset ?? 0) < sizeBytes * COVERED_SHARE) return null;
  const points = aligned(index, first);
  if (!points) return null;
  const ends = front.sidx.map((sidx) => (sidx.endSeconds ?? 0) + shiftOf(sidx, first));
  return {
    main: joined(
      builders.get(main.id)?.builder.build(),
      first.get(main.id),
      points,
      index.endSeconds + shiftOf(index, first),
    ),
    endSeconds: Math.max(...ends),
    indexRanges: front.sidxRange ? [front.sidxRange] : [],
  };
}

/** `mfro`, the last box, says how long the `mfra` is that it ends (§8.8.11). The last fragment is read too: it alone tells the film's end. */
async function fromMfra(
  file: IndexedFile,
  movie: Movie,
  main: MovieTrack,
  first: ReadonlyMap<number, Timeline>,
  builders: Builders,
): Promise<FilmTimeline | null> {
  const base = Math.max(0, file.sizeBytes - CHUNK_BYTES);
  const tail = await readRange(file, base, file.sizeBytes);
  const mfro = readBox(tail, tail.length - 16);
  if (mfro?.type !== 'mfro') return null;
  const length = new DataView(tail.buffer, tail.byteOffset).getUint32(tail.length - 4);
  const offset = file.sizeBytes - length;
  if (length < 24 || length > MAX_MOOF_BYTES || offset < 0) return null;
  const loaded = await loadBox(file, offset, file.sizeBytes, { bytes: tail, base });
  if (loaded.box.type !== 'mfra') return null;
  const timescales = new Map(movie.tracks.map((track) => [track.id, track.timescale]));
  const index = readMfra(loaded.bytes, loaded.box, timescales).find((tfra) => tfra.trackId === main.id);
  const points = index ? aligned(index, first) : null;
  const last = points?.at(-1);
  if (!points || !last) return null;
  const table = builders.get(main.id)?.builder.build();
  await addLastFragment(file, last.offset, builders);
  const ends = [...builders].map(([id, { builder }]) => [id, builder.build().endSeconds] as const);
  const end = ends.find(([id]) => id === main.id)?.[1] ?? last.seconds;
  return {
    main: joined(table, first.get(main.id), points, end),
    endSeconds: Math.max(...ends.map(([, seconds]) => seconds)),
    indexRanges: [{ start: offset, end: file.sizeBytes }],
  };
}

async function addLastFragment(file: IndexedFile, offset: number, builders: Builders): Promise<void> {
  const bytes = await readRange(file, offset, offset + CHUNK_BYTES);
  const box = readBox(bytes, 0);
  if (box?.type !== 'moof' || box.end === null || box.end > MAX_MOOF_BYTES) return;
  const moof = await loadBox(file, offset, offset + box.end, { bytes, base: offset });
  addFragment(moof.bytes, moof.box, moof.offset, builders, new Map());
}

/** What `moov` itself lists (a hybrid film) comes before the fragments. */
function joined(
  table: Timeline | undefined,
  first: Timeline | undefined,
  points: readonly AccessPoint[],
  endSeconds: number,
): Timeline {
  return {
    points: [...(table?.points ?? []), ...points],
    firstSeconds: table?.firstSeconds ?? first?.firstSeconds ?? null,
    endSeconds,
  };
}

/** An index's points on the samples' clock; null when it or the first fragment has none. */
function aligned(index: FragmentIndex, first: ReadonlyMap<number, Timeline>): AccessPoint[] | null {
  const shift = shiftOf(index, first);
  if (index.points.length === 0 || !first.get(index.trackId)?.points.length) return null;
  return index.points.map((point) => ({ seconds: point.seconds + shift, offset: point.offset }));
}

/**
 * Seconds between an index's reckoning and the samples': muxers differ in whether `sidx` and `tfra` count before or after the edit list and
 * the composition offset. An index's first entry is the first fragment's first keyframe.
 */
function shiftOf(index: FragmentIndex, first: ReadonlyMap<number, Timeline>): number {
  const entry = index.points[0];
  const keyframe = first.get(index.trackId)?.points[0];
  return entry && keyframe ? keyframe.seconds - entry.seconds : 0;
}

async function walkFragments(
  file: IndexedFile,
  start: number,
  main: MovieTrack,
  builders: Builders,
): Promise<FilmTimeline> {
  if (!file.cheapReads) file.source.prefetch(start, file.sizeBytes);
  const window = new Window(
    file.source,
    file.cheapReads ? LOCAL_WINDOW_BYTES : REMOTE_WINDOW_BYTES,
    file.signal,
  );
  const nextTimes: NextTimes = new Map();
  let offset = start;
  const work = new WorkBudget(MAX_BOXES, 'The fragmented MP4 file holds more boxes than a film can have.');
  while (offset + 8 <= file.sizeBytes) {
    work.spend();
    const header = readBox(await window.at(offset, MAX_BOX_HEADER_BYTES), 0);
    // A film that was cut off is played as far as it goes.
    if (!header || header.end === null || offset + header.end > file.sizeBytes) break;
    if (header.type === 'moof' && header.end <= MAX_MOOF_BYTES) {
      const bytes = await window.at(offset, header.end);
      addFragment(bytes, { dataStart: header.dataStart, end: header.end }, offset, builders, nextTimes);
    }
    offset += header.end;
  }
  const timeline = builders.get(main.id)?.builder.build();
  if (!timeline || timeline.points.length === 0) throw damaged('The fragmented MP4 file has no keyframe.');
  const ends = [...builders.values()].map(({ builder }) => builder.build().endSeconds);
  return { main: timeline, endSeconds: Math.max(...ends), indexRanges: [] };
}
