import type { TimeWindow } from '../../../src/subtitles/cue.ts';

/** Asked for at a new place: soon whole, also where the film has to be read through for its lines. */
const FIRST_SECONDS = 15;
/** Asked for from then on, and how far ahead at least. With the picture's own read-ahead the link is not busy with lines that are far off. */
const NEXT_SECONDS = 60;
/** What lies between two stretches, and is none: requests tell milliseconds, and one of none of them would be refused. */
const NO_GAP_SECONDS = 0.001;

/**
 * The stretch of film whose lines are to be asked for next; null while enough is there.
 *
 * @param loaded in order, apart from one another
 */
export function nextWindow(loaded: readonly TimeWindow[], atSeconds: number): TimeWindow | null {
  const at = Math.max(0, atSeconds);
  const around = loaded.find((window) => isIn(window, at));
  const fromSeconds = around?.toSeconds ?? at;
  if (fromSeconds - at >= NEXT_SECONDS) return null;
  const wished = fromSeconds + (around ? NEXT_SECONDS : FIRST_SECONDS);
  const following = loaded.find((window) => window.fromSeconds > fromSeconds)?.fromSeconds ?? wished;
  return { fromSeconds, toSeconds: Math.min(wished, following) };
}

/** With one more; those that meet become one. */
export function withWindow(loaded: readonly TimeWindow[], added: TimeWindow): TimeWindow[] {
  const touches = (window: TimeWindow) =>
    window.fromSeconds < added.toSeconds + NO_GAP_SECONDS &&
    window.toSeconds > added.fromSeconds - NO_GAP_SECONDS;
  const joined = loaded.filter(touches).reduce(
    (all, window) => ({
      fromSeconds: Math.min(all.fromSeconds, window.fromSeconds),
      toSeconds: Math.max(all.toSeconds, window.toSeconds),
    }),
    added,
  );
  return [...loaded.filter((window) => !touches(window)), joined].toSorted(
    (a, b) => a.fromSeconds - b.fromSeconds,
  );
}

export function isIn({ fromSeconds, toSeconds }: TimeWindow, seconds: number): boolean {
  return fromSeconds - NO_GAP_SECONDS < seconds && seconds < toSeconds;
}

/** What of them lies within a stretch. */
export function within(loaded: readonly TimeWindow[], kept: TimeWindow): TimeWindow[] {
  return loaded
    .map(({ fromSeconds, toSeconds }) => ({
      fromSeconds: Math.max(fromSeconds, kept.fromSeconds),
      toSeconds: Math.min(toSeconds, kept.toSeconds),
    }))
    .filter(({ fromSeconds, toSeconds }) => toSeconds > fromSeconds);
}
