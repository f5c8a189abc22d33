/**
 * Decode times for packets whose container tells presentation times only. MPEG-TS demands DTS ≤ PTS and DTS that rise over segment joints
 * too, though each segment is made without knowing its neighbours.
 */
export interface DecodeTiming {
  /** Frames of reordering in the stream (`has_b_frames`). */
  reorderDepth: number;
  /** A lower bound of a frame's duration, seconds: 1 / `baseFrameRate`. */
  minFrameSeconds: number;
}

/** Clock ticks per second of PTS and DTS (ISO/IEC 13818-1 §2.4.3.7). */
export const TICKS_PER_SECOND = 90_000;

const DEFAULT_MIN_FRAME_SECONDS = 1 / 120;

/**
 * With reorder depth d and the presentation times sorted into s: DTS_i = s_(i−d), and for the first d frames s_0 − (d−i)·δ with δ no longer
 * than any frame. Frame i is presented no earlier than s_(i−d) (that is what the reorder depth means), so DTS ≤ PTS; and since the
 * frames before a random access point are all presented before those after it, this segment's s_0 − d·δ lies above the last one's s_(last−d).
 *
 * @param pts presentation times in decode order, in ticks, all different
 */
export function decodeTicks(pts: readonly number[], timing: DecodeTiming): number[] {
  const sorted = [...pts].sort((a, b) => a - b);
  const depth = Math.max(timing.reorderDepth, ownReorderDepth(pts, sorted));
  const minFrame = timing.minFrameSeconds > 0 ? timing.minFrameSeconds : DEFAULT_MIN_FRAME_SECONDS;
  const delta = Math.max(1, Math.min(Math.floor(minFrame * TICKS_PER_SECOND), shortestFrame(sorted)));
  const first = sorted[0] ?? 0;
  return pts.map((_, i) => (i < depth ? first - (depth - i) * delta : (sorted[i - depth] ?? first)));
}

/** Should the stream's frame rate be told too low, these frames' own distance is the bound. */
function shortestFrame(sorted: readonly number[]): number {
  let shortest = Number.POSITIVE_INFINITY;
  sorted.forEach((time, i) => {
    if (i > 0) shortest = Math.min(shortest, time - (sorted[i - 1] ?? time));
  });
  return shortest;
}

/** How far decode order runs ahead of presentation order in these frames. */
function ownReorderDepth(pts: readonly number[], sorted: readonly number[]): number {
  const rank = new Map(sorted.map((time, i) => [time, i]));
  return pts.reduce((depth, time, i) => Math.max(depth, i - (rank.get(time) ?? i)), 0);
}
