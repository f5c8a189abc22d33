import type { Scene } from './schedule.ts';

/** Guesses until something was measured, milliseconds: rather too short, so that the first wishes wait. */
const FIRST_SEGMENT_MS = 300;
const FIRST_START_MS = 1000;
/** Weight of the newest measurement. */
const NEWEST = 0.4;

/** How fast a track's encoder is, and when it was started and sent elsewhere: what `schedule` reckons with. */
export class Pace {
  readonly #now: () => number;
  #segmentMs = FIRST_SEGMENT_MS;
  #startMs = FIRST_START_MS;
  #startedAt: number | null = null;
  #leaptAt: number | null = null;
  #leaptBeforeAt: number | null = null;
  #since = 0;
  #isFirst = false;
  #pausedAt: number | null = null;
  #measuredMs: number | null = null;
  starts = 0;

  /** @param now milliseconds of a monotonic clock */
  constructor(now: () => number) {
    this.#now = now;
  }

  started(): void {
    this.starts += 1;
    this.#startedAt = this.#since = this.#now();
    this.#isFirst = true;
    this.#pausedAt = null;
  }

  /** The wish is at another place. */
  leapt(): void {
    this.#leaptBeforeAt = this.#leaptAt;
    this.#leaptAt = this.#now();
  }

  /** A segment is complete. */
  made(): void {
    const tookMs = this.#now() - this.#since;
    if (this.#isFirst) this.#startMs = mix(this.#startMs, tookMs);
    else {
      this.#segmentMs = mix(this.#segmentMs, tookMs);
      this.#measuredMs = this.#measuredMs === null ? tookMs : mix(this.#measuredMs, tookMs);
    }
    this.#isFirst = false;
    this.#since = this.#now();
  }

  /** What one segment takes to make, as measured, without any guess; null before the first. Milliseconds. */
  get measuredMs(): number | null {
    return this.#measuredMs;
  }

  /** Nothing more is wanted for now: the wait is not the encoder's. */
  paused(): void {
    this.#pausedAt = this.#now();
  }

  resumed(): void {
    if (this.#pausedAt !== null) this.#since += this.#now() - this.#pausedAt;
    this.#pausedAt = null;
  }

  scene(): Omit<Scene, 'wanted' | 'isAwaited' | 'run' | 'yieldedUntil'> {
    return {
      segmentMs: this.#segmentMs,
      startMs: this.#startMs,
      startedAt: this.#startedAt,
      leaptAt: this.#leaptAt,
      leaptBeforeAt: this.#leaptBeforeAt,
      now: this.#now(),
    };
  }
}

function mix(before: number, newest: number): number {
  return before + NEWEST * (newest - before);
}
