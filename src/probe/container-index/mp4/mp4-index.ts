import type { ContainerIndex } from '../../../plan/types.ts';
import { damaged, noIndex } from '../failures.ts';
import type { IndexedFile } from '../file.ts';
import { onFilmClock } from '../film-clock.ts';
import { mainTrack } from '../main-track.ts';
import { distrust, filmEnd } from '../trust.ts';
import { findMoov } from './find-boxes.ts';
import { type Builders, type FilmTimeline, readFragmented } from './fragmented.ts';
import { type Movie, type MovieTrack, readMovie } from './movie.ts';
import { addTableSamples } from './sample-table.ts';
import { assertSampleTables } from './table-claims.ts';
import { filmBudget, TimelineBuilder } from './timeline.ts';

/** The index of an MP4, MOV or fragmented MP4 film: its sample tables, or the index of its fragments. */
export async function readMp4Index(file: IndexedFile): Promise<ContainerIndex> {
  const moov = await findMoov(file);
  assertSampleTables(moov.bytes);
  const movie = readMovie(moov.bytes, moov.box);
  if (!movie) throw damaged('The index of the MP4 file (moov) cannot be read.');
  const main = mainTrack(movie.tracks);
  if (!main) throw damaged('The MP4 file names no video or audio track.');
  const moovEnd = moov.offset + moov.box.end;
  const timeline = await readTimeline(file, movie, moovEnd, main);
  const { points, firstSeconds, endSeconds } = timeline.main;
  if (firstSeconds === null || points.length === 0) throw damaged('The MP4 file lists no frames.');

  // Frames behind the end of the edit list are never shown.
  const shown = points.filter((point) => point.seconds < endSeconds);
  const lastOffset = points.reduce((last, point) => Math.max(last, point.offset), 0);
  const index: ContainerIndex = {
    container: 'mp4',
    originSeconds: firstSeconds,
    videoEndSeconds: main.kind === 'video' ? endSeconds - firstSeconds : null,
    durationSeconds: filmEnd(endSeconds - firstSeconds, [timeline.endSeconds - firstSeconds]),
    keyframes: distinct(onFilmClock(shown, firstSeconds)),
    mediaEndOffset: Math.min(
      file.sizeBytes,
      ...[moov.offset, ...timeline.indexRanges.map((range) => range.start)].filter((at) => at > lastOffset),
    ),
    indexRanges: [
      { start: 0, end: Math.min(file.head.length, moov.offset === 0 ? moovEnd : file.head.length) },
      { start: moov.offset, end: moovEnd },
      ...timeline.indexRanges,
    ],
  };
  const reason = distrust(index, file.sizeBytes);
  if (reason !== null) throw noIndex(`The index of the MP4 file is not to be relied on: ${reason}.`);
  return index;
}

async function readTimeline(
  file: IndexedFile,
  movie: Movie,
  moovEnd: number,
  main: MovieTrack,
): Promise<FilmTimeline> {
  const builders: Builders = new Map();
  const budget = filmBudget();
  for (const track of movie.tracks) {
    if (track !== main && track.kind !== 'audio') continue;
    const builder = new TimelineBuilder(track, file.sizeBytes, budget);
    addTableSamples(track, builder);
    builders.set(track.id, { track, builder });
  }
  if (movie.isFragmented) return readFragmented(file, movie, moovEnd, main, builders);
  const timelines = new Map([...builders].map(([id, { builder }]) => [id, builder.build()]));
  const timeline = timelines.get(main.id);
  if (!timeline) throw damaged('The MP4 file lists no frames.');
  const endSeconds = Math.max(...[...timelines.values()].map((t) => t.endSeconds));
  return { main: timeline, endSeconds, indexRanges: [] };
}

/** Two points at one time (a track with a sample of no length) are one. */
function distinct<T extends { timeSeconds: number }>(points: T[]): T[] {
  return points.filter((point, i) => i === 0 || point.timeSeconds > (points[i - 1]?.timeSeconds ?? 0));
}
