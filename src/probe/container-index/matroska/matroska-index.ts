import type { ContainerIndex } from '../../../plan/types.ts';
import { endOf } from '../ebml.ts';
import { damaged, noIndex } from '../failures.ts';
import { type IndexedFile, readRange } from '../file.ts';
import { type AccessPoint, onFilmClock } from '../film-clock.ts';
import { mainTrack } from '../main-track.ts';
import { WALKABLE_BYTES } from '../options.ts';
import { distrust } from '../trust.ts';
import { Window } from '../window.ts';
import { ClusterWalker } from './cluster-walker.ts';
import { type Cue, readCues } from './cues.ts';
import { type Film, walkerFrom } from './film.ts';
import { filmEnds } from './film-ends.ts';
import { completeHead, findFirstCluster, type Loaded, loadCues } from './load.ts';
import { openSegment } from './segment-head.ts';
import { type Walked, walk } from './walk.ts';

/** Enough to see the first blocks of a cluster, when the head does not reach to it. */
const FIRST_FRAMES_BYTES = 32 * 1024;
/** A cluster that is read for its first frames needs at least so much of the head. */
const MIN_VISIBLE_BYTES = 1024;
/** Beyond this a local film is walked from cluster to cluster, not from block to block. */
const BLOCKWISE_BYTES = 1024 * 1024 * 1024;
/** The index of a Matroska or WebM film: its Cues, or what a walk through a near or small file finds. */
export async function readMatroskaIndex(file: IndexedFile): Promise<ContainerIndex> {
  const film = await openFilm(file);
  const cues = await loadCues(file, film.head);
  const isWalkable = file.cheapReads || file.sizeBytes <= WALKABLE_BYTES;
  if (cues) {
    const index = await indexFromCues(film, cues);
    if (index && distrust(index, file.sizeBytes, isWalkable) === null) return index;
  }
  if (!isWalkable) {
    throw noIndex(`The Matroska file has ${cues ? 'a broken index' : 'no index (Cues)'}.`);
  }
  return indexFromWalk(film);
}

async function openFilm(file: IndexedFile): Promise<Film> {
  const head = openSegment(file.head);
  if (!head) throw damaged('The Matroska file has no segment.');
  await completeHead(file, head);
  const tracks = head.tracks ?? [];
  const main = mainTrack(tracks);
  if (!main) throw damaged('The Matroska file names no video or audio track.');
  const secondsPerTick = (head.info?.timestampScale ?? 1_000_000) / 1e9;
  const frameTicks = new Map<number, number>();
  for (const { number, frameSeconds } of tracks) {
    if (frameSeconds !== null) frameTicks.set(number, frameSeconds / secondsPerTick);
  }
  return { file, head, tracks, main, secondsPerTick, frameTicks };
}

async function indexFromCues(film: Film, loaded: Loaded): Promise<ContainerIndex | null> {
  const { file, head, main } = film;
  const cues = readCues(loaded.bytes, loaded.element, main.number, head.segmentStart).filter(
    (cue) => cue.clusterOffset < file.sizeBytes,
  );
  const [first] = cues;
  if (!first) return null;
  const start = head.firstCluster ?? first.clusterOffset;
  const seen = await firstFrames(film, start);
  // Nothing but a damaged index points at something that is no cluster.
  if (head.firstCluster === null && seen.starts.size === 0) return null;
  const [firstSeen] = seen.keyframes;
  // A muxer may leave out the first keyframe; every film must be playable from its start.
  if (firstSeen && firstSeen.time < first.time) cues.unshift(firstSeen);
  const end = endOf(loaded.element) ?? loaded.bytes.length;
  return assemble(film, cues, seen, { start: loaded.offset, end: loaded.offset + end });
}

async function indexFromWalk(film: Film): Promise<ContainerIndex> {
  const { file, head, main } = film;
  const start = await findFirstCluster(file, head);
  if (start === null) throw noIndex('The Matroska file has no cluster where one must be.');
  if (!file.cheapReads) file.source.prefetch(start, file.sizeBytes);
  const walked = await walk(walkerFrom(film, start), {
    trackNumber: main.number,
    frameTicks: film.frameTicks,
    clusterStartsOnly: file.sizeBytes > BLOCKWISE_BYTES,
  });
  if (walked.keyframes.length === 0) throw damaged('The Matroska file has no keyframe.');
  return assemble(film, walked.keyframes, walked, null, file.sizeBytes > BLOCKWISE_BYTES ? null : walked);
}

/**
 * The film's first group of pictures as far as the head's bytes show it. Costs no read but where attachments fill the head. What leading
 * pictures lie behind a first frame larger than the head is not looked for: a film that begins with them is not worth a round trip to all
 * others.
 */
async function firstFrames(film: Film, start: number): Promise<Walked> {
  const { file } = film;
  const visible = file.head.length - start >= MIN_VISIBLE_BYTES;
  const bytes = visible
    ? file.head.subarray(start)
    : await readRange(file, start, start + FIRST_FRAMES_BYTES);
  const memory = { read: async (from: number, to: number) => bytes.subarray(from - start, to - start) };
  const walker = new ClusterWalker(new Window(memory, bytes.length), start, film.file.sizeBytes);
  return walk(walker, { trackNumber: film.main.number, frameTicks: film.frameTicks, untilKeyframe: 2 });
}

async function assemble(
  film: Film,
  cues: readonly Cue[],
  seen: Walked,
  cuesRange: { start: number; end: number } | null,
  whole: Walked | null = null,
): Promise<ContainerIndex> {
  const originTicks = seen.firstTime ?? cues[0]?.time ?? 0;
  const originSeconds = originTicks * film.secondsPerTick;
  // Subtracted as ticks: integers lose nothing.
  const points: AccessPoint[] = cues.map((cue) => ({
    seconds: (cue.time - originTicks) * film.secondsPerTick,
    offset: cue.clusterOffset,
  }));
  const keyframes = onFilmClock(points, 0);
  const lastOffset = points.at(-1)?.offset ?? 0;
  const ends = await filmEnds(film, { originTicks, seen, whole, keyframes, lastOffset });
  const fileEnd = Math.min(film.file.sizeBytes, film.head.segmentEnd);
  const behind = [...film.head.positions.values()].filter((at) => at > lastOffset);
  const headEnd = Math.min(film.head.firstCluster ?? film.file.head.length, film.file.head.length);
  return {
    container: 'matroska',
    originSeconds,
    videoEndSeconds: film.main.kind === 'video' ? ends.main : null,
    durationSeconds: ends.film,
    keyframes,
    mediaEndOffset: Math.min(fileEnd, ...behind),
    indexRanges: [{ start: 0, end: headEnd }, ...(cuesRange ? [cuesRange] : [])],
  };
}
