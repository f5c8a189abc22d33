import type { Keyframe } from '../../../plan/types.ts';
import { filmEnd } from '../trust.ts';
import { type Starts, type WrittenEnds, writtenEnds } from './ends.ts';
import { type Film, walkerFrom } from './film.ts';
import { type Walked, walk } from './walk.ts';

/** A remote film's last group of pictures is read for its end when it is this small. */
const SMALL_TAIL_BYTES = 256 * 1024;
/** The same where no duration is written at all. */
const LAST_RESORT_TAIL_BYTES = 16 * 1024 * 1024;
/** How far a track's written end may lie behind the file's before it is not believed, seconds. */
const SLACK_SECONDS = 1;

const NOTHING_WRITTEN: WrittenEnds = { file: null, track: () => null };

interface Known {
  originTicks: number;
  /** The beginning, walked. */
  seen: Walked;
  /** All of it, walked; null when only an index was read. */
  whole: Walked | null;
  keyframes: readonly Keyframe[];
  /** Absolute offset of the last keyframe's cluster. */
  lastOffset: number;
}

/**
 * Where the main track and the film end, film time. In order: what a walk saw; the muxer's statistics tags (exact); the last clusters, where
 * reading them is cheap; the duration in Info, which is the longest track's and so may be late by the audio's tail.
 */
export async function filmEnds(film: Film, known: Known): Promise<{ main: number; film: number }> {
  const toFilm = (ticks: number) => (ticks - known.originTicks) * film.secondsPerTick;
  const lastKeyframe = known.keyframes.at(-1)?.timeSeconds ?? 0;
  // What the muxer wrote is not in a file that was cut off.
  const isCutOff = Number.isFinite(film.head.segmentEnd) && film.head.segmentEnd > film.file.sizeBytes;
  const written = isCutOff ? NOTHING_WRITTEN : writtenEnds(film.head, startsOf(film, known));
  const latest = (written.file ?? Number.POSITIVE_INFINITY) + SLACK_SECONDS;
  const believable = (end: number | null | undefined): end is number =>
    end != null && end > lastKeyframe && end <= latest;

  let main = written.track(film.main);
  const audio = film.tracks.filter((track) => track.kind === 'audio' && track !== film.main);
  let others: (number | null)[] = audio.map((track) => written.track(track));
  if (known.whole || !believable(main)) {
    const walked = known.whole ?? (await walkTail(film, known.lastOffset, written.file === null));
    const end = walked?.ends.get(film.main.number);
    main = end === undefined ? written.file : toFilm(end);
    if (walked) {
      others = audio.map((track, i) => {
        const last = walked.ends.get(track.number);
        return last === undefined ? (others[i] ?? null) : toFilm(last);
      });
    }
  }
  // Nothing tells: the last group of pictures is taken to be as long as the one before.
  const end = main !== null && main > lastKeyframe ? main : lastKeyframe + lastGap(known.keyframes);
  const longest = others.some((other) => other === null || other > latest)
    ? (written.file ?? end)
    : Math.max(end, ...others.filter((other) => other !== null));
  return { main: end, film: filmEnd(end, [longest]) };
}

function startsOf(film: Film, known: Known): Starts {
  const tracks = new Map<number, number>();
  for (const [track, ticks] of known.seen.starts) tracks.set(track, ticks * film.secondsPerTick);
  const origin = known.originTicks * film.secondsPerTick;
  return { origin, file: Math.min(origin, ...tracks.values()), tracks };
}

async function walkTail(film: Film, from: number, isLastResort: boolean): Promise<Walked | null> {
  const { cheapReads, sizeBytes, source } = film.file;
  const bytes = sizeBytes - from;
  if (!cheapReads && bytes > (isLastResort ? LAST_RESORT_TAIL_BYTES : SMALL_TAIL_BYTES)) return null;
  if (!cheapReads) source.prefetch(from, sizeBytes);
  return walk(walkerFrom(film, from), { trackNumber: film.main.number, frameTicks: film.frameTicks });
}

function lastGap(keyframes: readonly Keyframe[]): number {
  const [before, last] = keyframes.slice(-2);
  return before && last ? last.timeSeconds - before.timeSeconds : 1;
}
