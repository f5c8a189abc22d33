import type { ContainerIndex } from '../../plan/types.ts';
import { endOf, ID, MAX_HEADER_BYTES, readElement } from '../../probe/container-index/ebml.ts';
import type { IndexedFile } from '../../probe/container-index/file.ts';
import { mainTrack } from '../../probe/container-index/main-track.ts';
import { loadCues } from '../../probe/container-index/matroska/load.ts';
import { isPictureCodec, openSegment } from '../../probe/container-index/matroska/segment-head.ts';
import { HEAD_BYTES } from '../../probe/container-index/options.ts';
import { ByteCursor } from '../../remux/byte-cursor.ts';
import { type Block, parseBlockElement, readBlocks } from '../../remux/matroska/blocks.ts';
import { FilmClock } from '../../remux/matroska/clock.ts';
import { restoreFrame } from '../../remux/matroska/frames.ts';
import { type MatroskaHead, readMatroskaHead } from '../../remux/matroska/head.ts';
import type { MatroskaTrack } from '../../remux/matroska/tracks.ts';
import type { ByteSource } from '../../source/byte-source.ts';
import { type Cue, type CueTimes, isWithin, type TimeWindow } from '../cue.ts';
import { type CueReader, TextBudget, UNKNOWN_DURATION_SECONDS } from './cue-reader.ts';
import { inOrder } from './in-order.ts';
import { type BlockPlace, blockPlaces } from './matroska-cue-points.ts';
import { stretchesOf } from './matroska-stretches.ts';
import { type BlockText, blockTextOf } from './matroska-text.ts';

/** What the source fetches for a block that is read alone: its own least request, for the head of the cluster and for the block. */
const SINGLE_READ_BYTES = 2 * 64 * 1024;
/** Most blocks of subtitles are smaller: then one read is enough. */
const LIKELY_BLOCK_BYTES = 1024;
const MAX_BLOCK_BYTES = 256 * 1024;
/** A server should not meet more connections of one viewer than a browser makes. */
const READS_AT_ONCE = 6;
/** A batch of what is read block by block, and so much of a film between two batches of what is read through. */
const BATCH_CUES = 12;
const BATCH_BYTES = 512 * 1024;

/**
 * A text track of a Matroska or WebM film. Where its Cues list the track's blocks, only those are read; else the film is read through, a window from
 * the keyframe before it.
 *
 * @param position among the subtitle tracks
 * @param count how many of them ffprobe has seen: otherwise it may mean another track
 * @returns null where it is no text track that we know
 */
export async function openMatroskaTrack(
  source: ByteSource,
  index: ContainerIndex,
  { position, count }: { position: number; count: number },
  signal: AbortSignal,
): Promise<CueReader | null> {
  const head = await readMatroskaHead(source, signal);
  const tracks = head.tracks.filter(({ kind }) => kind === 'subtitle');
  const track = tracks[position];
  const main = mainTrack(head.tracks.map((one) => ({ ...one, isPicture: isPictureCodec(one.codecId) })));
  const blockText = track && blockTextOf(track);
  if (!track || !main || !blockText || tracks.length !== count) return null;
  const clock = new FilmClock(index, head.secondsPerTick, track, main);
  const film = { source, index, head };
  const places = await placesOf(source, head, track, signal);
  return new MatroskaTrackReader(film, { track, blockText, clock }, places);
}

interface Film {
  source: ByteSource;
  index: ContainerIndex;
  head: MatroskaHead;
}

interface TextTrack {
  track: MatroskaTrack;
  blockText: BlockText;
  clock: FilmClock;
}

class MatroskaTrackReader implements CueReader {
  readonly #film: Film;
  readonly #text: TextTrack;
  readonly #places: readonly BlockPlace[] | null;

  constructor(film: Film, text: TextTrack, places: readonly BlockPlace[] | null) {
    this.#film = film;
    this.#text = text;
    this.#places = places;
  }

  async *cues(window: TimeWindow, signal: AbortSignal): AsyncGenerator<readonly Cue[], void, void> {
    const stretches = stretchesOf(this.#film.index, this.#film.head, window);
    const wanted = this.#places?.filter((place) => isWithin(this.#spanOf(place), window));
    const throughBytes = stretches.reduce((sum, { start, end }) => sum + end - start, 0);
    const isDearer = wanted && wanted.length * SINGLE_READ_BYTES > throughBytes;
    const budget = new TextBudget();
    if (wanted && !isDearer) yield* this.#single(wanted, budget, signal);
    else for (const stretch of stretches) yield* this.#through(stretch, window, budget, signal);
  }

  async *#single(
    places: readonly BlockPlace[],
    budget: TextBudget,
    signal: AbortSignal,
  ): AsyncGenerator<Cue[], void, void> {
    const { source } = this.#film;
    const read = async (place: BlockPlace, running: AbortSignal) => {
      const block = await readPlace(source, place, this.#text.track.number, running);
      if (!block) return [];
      const timed = { ...block, timestamp: place.time, duration: block.duration ?? place.duration };
      return this.#cuesOf(timed, budget);
    };
    let batch: Cue[] = [];
    let count = 0;
    for await (const cues of inOrder(places, read, READS_AT_ONCE, signal)) {
      batch.push(...cues);
      if (++count % BATCH_CUES !== 0) continue;
      yield batch;
      batch = [];
    }
    yield batch;
  }

  async *#through(
    { start, end }: { start: number; end: number },
    window: TimeWindow,
    budget: TextBudget,
    signal: AbortSignal,
  ): AsyncGenerator<Cue[], void, void> {
    const { source, head } = this.#film;
    const { number } = this.#text.track;
    const cursor = new ByteCursor(source, start, end, head.sizeBytes, signal);
    let batch: Cue[] = [];
    let told = start;
    try {
      for await (const block of readBlocks(cursor, (track) => track === number, end - start)) {
        if (block.trackNumber === number)
          batch.push(...this.#cuesOf(block, budget).filter((cue) => isWithin(cue, window)));
        if (block.offset - told < BATCH_BYTES) continue;
        yield batch;
        batch = [];
        told = block.offset;
      }
    } finally {
      await cursor.close();
    }
    yield batch;
  }

  #cuesOf(block: Pick<Block, 'timestamp' | 'duration' | 'frames'>, budget: TextBudget): Cue[] {
    const { track, blockText } = this.#text;
    const span = this.#spanOf({ time: block.timestamp, duration: block.duration });
    return block.frames.flatMap((frame) => {
      const data = restoreFrame(frame, track.encoding);
      budget.spendLine(data?.length ?? 0);
      return data ? [{ ...span, ...blockText(data) }] : [];
    });
  }

  #spanOf({ time, duration }: Pick<BlockPlace, 'time' | 'duration'>): CueTimes {
    const startSeconds = this.#text.clock.seconds(time);
    const { secondsPerTick } = this.#film.head;
    const durationSeconds = duration === null ? UNKNOWN_DURATION_SECONDS : duration * secondsPerTick;
    return { startSeconds, endSeconds: startSeconds + durationSeconds };
  }
}

/** Where the Cues say that the track's blocks lie, if the first of them does lie there. */
async function placesOf(
  source: ByteSource,
  { sizeBytes }: MatroskaHead,
  { number }: MatroskaTrack,
  signal: AbortSignal,
): Promise<BlockPlace[] | null> {
  const file: IndexedFile = {
    ...{ source, sizeBytes, signal, cheapReads: false },
    head: await source.read(0, Math.min(HEAD_BYTES, sizeBytes), signal),
  };
  const segment = openSegment(file.head);
  const cues = segment && (await loadCues(file, segment));
  const places = cues && blockPlaces(cues.bytes, cues.element, number, segment.segmentStart);
  const [first] = places ?? [];
  return first && (await readPlace(source, first, number, signal)) ? places : null;
}

/** The block at a place; null when none of the track is there. */
async function readPlace(
  source: ByteSource,
  { clusterOffset, relativePosition }: BlockPlace,
  trackNumber: number,
  signal: AbortSignal,
): Promise<Block | null> {
  const clusterHead = await source.read(clusterOffset, clusterOffset + MAX_HEADER_BYTES, signal);
  const cluster = readElement(clusterHead, 0);
  if (typeof cluster === 'string' || cluster.id !== ID.Cluster) return null;
  const offset = clusterOffset + cluster.dataStart + relativePosition;
  const bytes = await source.read(offset, offset + LIKELY_BLOCK_BYTES, signal);
  const element = readElement(bytes, 0);
  if (typeof element === 'string' || (element.id !== ID.BlockGroup && element.id !== ID.SimpleBlock))
    return null;
  const size = endOf(element) ?? Number.POSITIVE_INFINITY;
  if (size > MAX_BLOCK_BYTES) return null;
  const whole = size <= bytes.length ? bytes : await source.read(offset, offset + size, signal);
  if (whole.length < size) return null;
  const block = parseBlockElement(whole.subarray(0, size), element, 0, offset);
  return block?.trackNumber === trackNumber ? block : null;
}
