/** One line of the benchmark's table. */
export interface Row {
  group: string;
  name: string;
  unit: 'ms' | 'MB' | 'MB/s' | 'requests' | 'KB' | 'bytes' | '%';
  /** Median of `runs`, or the one figure. */
  ours: number;
  /** The documented server's method in the same run; null where it has no counterpart. */
  baseline: number | null;
  /** What the product promises. */
  goal: Goal;
  runs: number;
}

export interface Goal {
  atMost?: number;
  atLeast?: number;
  /** How many times faster than the baseline at least. */
  timesFaster?: number;
}

/** Baseline over ours, of speeds ours over the baseline; null without a baseline. */
export function ratioOf({ ours, baseline, unit }: Row): number | null {
  if (baseline === null || ours === 0) return null;
  return unit === 'MB/s' ? ours / baseline : baseline / ours;
}

export function isReached(row: Row): boolean {
  const { atMost, atLeast, timesFaster } = row.goal;
  const ratio = ratioOf(row);
  return (
    (atMost === undefined || row.ours <= atMost) &&
    (atLeast === undefined || row.ours >= atLeast) &&
    (timesFaster === undefined || (ratio !== null && ratio >= timesFaster))
  );
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** The figures of a row, from those of its runs. */
export function medians(
  ours: readonly number[],
  baseline: readonly number[] | null,
): Pick<Row, 'ours' | 'baseline' | 'runs'> {
  return { ours: median(ours), baseline: baseline && median(baseline), runs: ours.length };
}

/** Milliseconds that `work` takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}
