import type { ContainerIndex } from '../../plan/types.ts';
import type { IndexedFile } from '../../probe/container-index/file.ts';
import { findMoov } from '../../probe/container-index/mp4/find-boxes.ts';
import { type MovieTrack, readMovie } from '../../probe/container-index/mp4/movie.ts';
import { forEachTableSample } from '../../probe/container-index/mp4/sample-table.ts';
import { assertSampleTables } from '../../probe/container-index/mp4/table-claims.ts';
import { HEAD_BYTES } from '../../probe/container-index/options.ts';
import type { ByteSource } from '../../source/byte-source.ts';
import { type Cue, type CueTimes, isWithin, type TimeWindow } from '../cue.ts';
import { timedText } from '../formats/timed-text.ts';
import { type CueReader, TextBudget } from './cue-reader.ts';
import { inOrder } from './in-order.ts';

/** 3GPP timed text and QuickTime's own, whose samples begin alike. */
const TEXT_FORMATS = new Set(['tx3g', 'text']);
const MAX_SAMPLE_BYTES = 64 * 1024;
/** Two samples so near each other are read at once: it costs less than another request. */
const GAP_BYTES = 64 * 1024;
const MAX_READ_BYTES = 1024 * 1024;
const READS_AT_ONCE = 6;

/** A sample that shows something. */
interface Sample extends CueTimes {
  offset: number;
  sizeBytes: number;
}

/**
 * A text track of an MP4 or QuickTime film: its sample table says where each line lies, and no more than those are read.
 *
 * @param position among the subtitle tracks
 * @param count how many of them ffprobe has seen: otherwise it may mean another track
 * @returns null where it is no text track that we know, or is fragmented
 */
export async function openMp4Track(
  source: ByteSource,
  index: ContainerIndex,
  { position, count }: { position: number; count: number },
  signal: AbortSignal,
): Promise<CueReader | null> {
  const { sizeBytes } = await source.open(signal);
  const head = await source.read(0, HEAD_BYTES, signal);
  const file: IndexedFile = { source, sizeBytes, head, cheapReads: false, signal };
  const moov = await findMoov(file);
  assertSampleTables(moov.bytes);
  const movie = readMovie(moov.bytes, moov.box);
  const tracks = movie?.tracks.filter(({ kind }) => kind === 'subtitle') ?? [];
  const track = tracks[position];
  const isKnown = track && TEXT_FORMATS.has(track.format) && tracks.length === count;
  if (!movie || movie.isFragmented || !isKnown) return null;
  return new Mp4TrackReader(source, samplesOf(track, index.originSeconds, sizeBytes));
}

class Mp4TrackReader implements CueReader {
  readonly #source: ByteSource;
  readonly #samples: readonly Sample[];

  constructor(source: ByteSource, samples: readonly Sample[]) {
    this.#source = source;
    this.#samples = samples;
  }

  async *cues(window: TimeWindow, signal: AbortSignal): AsyncGenerator<readonly Cue[], void, void> {
    const wanted = this.#samples.filter((sample) => isWithin(sample, window));
    const read = (group: readonly Sample[], running: AbortSignal) => readGroup(this.#source, group, running);
    yield* inOrder(groupsOf(wanted), read, READS_AT_ONCE, signal);
  }
}

/** On the film clock, in the track's order. Empty samples, which stand for gaps, are left out. */
function samplesOf(track: MovieTrack, originSeconds: number, fileBytes: number): Sample[] {
  const { edit, timescale } = track;
  const seconds = (time: number) => (time - edit.mediaTime) / timescale + edit.delaySeconds - originSeconds;
  const budget = new TextBudget();
  const samples: Sample[] = [];
  forEachTableSample(track, ({ time, duration, offset, sizeBytes }) => {
    const isUsable = sizeBytes > 2 && sizeBytes <= MAX_SAMPLE_BYTES && offset + sizeBytes <= fileBytes;
    budget.spendLine(isUsable ? sizeBytes : 0);
    if (!isUsable) return;
    samples.push({ startSeconds: seconds(time), endSeconds: seconds(time + duration), offset, sizeBytes });
  });
  return samples;
}

/** Samples that are read together. */
function groupsOf(samples: readonly Sample[]): Sample[][] {
  const groups: Sample[][] = [];
  let start = 0;
  let end = Number.NEGATIVE_INFINITY;
  for (const sample of samples) {
    const sampleEnd = sample.offset + sample.sizeBytes;
    const isNear =
      sample.offset >= end && sample.offset - end <= GAP_BYTES && sampleEnd - start <= MAX_READ_BYTES;
    if (isNear) groups.at(-1)?.push(sample);
    else {
      groups.push([sample]);
      start = sample.offset;
    }
    end = sampleEnd;
  }
  return groups;
}

async function readGroup(source: ByteSource, group: readonly Sample[], signal: AbortSignal): Promise<Cue[]> {
  const start = group[0]?.offset ?? 0;
  const last = group.at(-1);
  const bytes = await source.read(start, last ? last.offset + last.sizeBytes : start, signal);
  return group.map(({ offset, sizeBytes, startSeconds, endSeconds }) => ({
    startSeconds,
    endSeconds,
    text: timedText(bytes.subarray(offset - start, offset - start + sizeBytes)),
    settings: '',
  }));
}
