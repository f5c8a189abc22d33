/**
 * When a crashed core is started again. Pure: times come in as arguments.
 *
 * The first restart is immediate, since a film is playing and its buffer is short; later ones back off, so that a core that
 * dies at once does not spin. More than `MAX_CRASHES` within `WINDOW_MS` means that restarting does not help.
 */
const DELAYS_MS = [0, 250, 1_000, 2_000, 4_000] as const;
const MAX_CRASHES = DELAYS_MS.length;
const WINDOW_MS = 60_000;

export interface RestartDecision {
  /** Times of the crashes that still count, milliseconds; hand them in at the next crash. */
  crashes: readonly number[];
  /** Milliseconds to wait before the next start; null: give up. */
  delayMs: number | null;
}

/** Decides about a crash at `nowMs`, given the crashes before it (same clock, any origin). */
export function afterCrash(crashes: readonly number[], nowMs: number): RestartDecision {
  const recent = [...crashes.filter((at) => nowMs - at < WINDOW_MS), nowMs];
  return {
    crashes: recent,
    delayMs: recent.length > MAX_CRASHES ? null : (DELAYS_MS[recent.length - 1] ?? null),
  };
}
