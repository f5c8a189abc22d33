import type { ContainerIndex } from '../../plan/types.ts';
import type { ByteSource } from '../../source/byte-source.ts';
import { ByteCursor } from '../byte-cursor.ts';
import { fetchEnd } from '../fetch-end.ts';
import type { Packet, Span } from '../packet.ts';
import { readBlocks } from './blocks.ts';
import { FilmClock, readingEnd, SAME_MOMENT_SECONDS } from './clock.ts';
import { Coverage } from './coverage.ts';
import { restoreFrame } from './frames.ts';
import type { MatroskaHead } from './head.ts';
import { snap, videoGrid } from './timing.ts';
import type { MatroskaTrack } from './tracks.ts';

/** When blocks lie this far behind the span's end nothing of it can follow. */
const LOST_SECONDS = 10;

/** Everything a film's readers share. */
export interface MatroskaFilm {
  source: ByteSource;
  index: ContainerIndex;
  head: MatroskaHead;
  /** The track whose first packet is film time 0. */
  main: MatroskaTrack;
}

/**
 * The video packets of a span in decode order. Begins at the keyframe at the span's start; ends when a constant frame rate says that all are
 * there, else at the first frame of the next span. What precedes a keyframe in decode order precedes it in presentation too (H.265
 * §8.1.3), so no frame of this span can follow.
 */
export async function* readVideo(
  film: MatroskaFilm,
  track: MatroskaTrack,
  span: Span,
  signal?: AbortSignal,
): AsyncGenerator<Packet, void, undefined> {
  const { index, head, source } = film;
  const lastEnd = index.videoEndSeconds ?? index.durationSeconds;
  if (span.startSeconds >= lastEnd - SAME_MOMENT_SECONDS) return;
  const start = span.startSeconds > 0 ? span.startSeconds - SAME_MOMENT_SECONDS : Number.NEGATIVE_INFINITY;
  const end = readingEnd(span, lastEnd) - SAME_MOMENT_SECONDS;
  const clock = new FilmClock(index, head.secondsPerTick, track, film.main);
  const grid = videoGrid(track.defaultDuration);
  const coverage = new Coverage(grid, span.startSeconds, readingEnd(span, lastEnd));
  const cursor = new ByteCursor(source, span.startOffset, fetchEnd(span), head.sizeBytes, signal);
  let isStarted = false;
  try {
    for await (const block of readBlocks(cursor, (number) => number === track.number)) {
      const seconds = clock.seconds(block.timestamp);
      if (seconds > end + LOST_SECONDS) return;
      if (block.trackNumber !== track.number) continue;
      if (!isStarted && (!block.isKey || seconds < start)) continue;
      if (seconds >= end) return;
      isStarted = true;
      const [frame] = block.frames;
      const data = frame && restoreFrame(frame, track.encoding);
      if (!data) continue;
      const durationSeconds =
        grid?.stepSeconds ?? (block.duration === null ? 0 : block.duration * head.secondsPerTick);
      yield { data, ptsSeconds: snap(seconds, grid), durationSeconds, isKey: block.isKey };
      if (coverage.add(seconds)) return;
    }
  } finally {
    await cursor.close();
  }
}
