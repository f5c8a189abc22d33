import type { ClusterWalker, WalkedBlock } from './cluster-walker.ts';
import type { Cue } from './cues.ts';

/** What a walk through clusters tells. Times in TimestampScale ticks on the container's own clock. */
export interface Walked {
  /** Keyframes of the chosen track, like cues. */
  keyframes: Cue[];
  /** The earliest presentation of that track, from its first keyframe on; null when there was none. */
  firstTime: number | null;
  /** Each track's earliest block. */
  starts: Map<number, number>;
  /** Where each track's last frame ends. */
  ends: Map<number, number>;
}

export interface WalkOptions {
  /** The track whose keyframes count. */
  trackNumber: number;
  /** Ticks per frame of a track that says so. */
  frameTicks: ReadonlyMap<number, number>;
  /** Stop at that track's keyframe number n (1 is the first). */
  untilKeyframe?: number;
  /** Look at each cluster's beginning only: enough to find those that begin with a keyframe. */
  clusterStartsOnly?: boolean;
}

/** Collects keyframes, first time and ends. Rejects with what the walker rejects with. */
export async function walk(walker: ClusterWalker, options: WalkOptions): Promise<Walked> {
  const keyframes: Cue[] = [];
  const clocks = new Map<number, TrackClock>();
  let firstTime: number | null = null;
  for (;;) {
    const block = await walker.next();
    if (!block) break;
    clockOf(clocks, block.trackNumber).take(block);
    if (block.trackNumber !== options.trackNumber) continue;
    if (block.isKey) {
      if (keyframes.length + 1 === options.untilKeyframe) break;
      keyframes.push({ time: block.time, clusterOffset: block.clusterOffset });
    }
    if (keyframes.length > 0) firstTime = Math.min(firstTime ?? block.time, block.time);
    if (options.clusterStartsOnly) walker.leaveCluster();
  }
  keyframes.sort((a, b) => a.time - b.time);
  const starts = new Map<number, number>();
  const ends = new Map<number, number>();
  for (const [track, clock] of clocks) {
    starts.set(track, clock.start);
    ends.set(track, clock.end(options.frameTicks.get(track)));
  }
  return { keyframes, firstTime, starts, ends };
}

function clockOf(clocks: Map<number, TrackClock>, track: number): TrackClock {
  let clock = clocks.get(track);
  if (!clock) {
    clock = new TrackClock();
    clocks.set(track, clock);
  }
  return clock;
}

/** A track's extremes. The distance of its two latest frames is the last one's length where nothing else tells it. */
class TrackClock {
  start = Number.POSITIVE_INFINITY;
  #latest = Number.NEGATIVE_INFINITY;
  #before = Number.NEGATIVE_INFINITY;
  #duration: number | null = null;

  take(block: WalkedBlock): void {
    this.start = Math.min(this.start, block.time);
    if (block.time > this.#latest) {
      this.#before = this.#latest;
      this.#latest = block.time;
      this.#duration = block.duration;
    } else if (block.time > this.#before && block.time < this.#latest) this.#before = block.time;
  }

  end(frameTicks: number | undefined): number {
    const distance = Number.isFinite(this.#before) ? this.#latest - this.#before : 0;
    return this.#latest + (this.#duration ?? frameTicks ?? distance);
  }
}
