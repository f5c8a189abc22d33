import type { Segment } from '../plan/types.ts';

/**
 * Where in the film the viewer is, as far as requests tell; no client of the documented API says. Segments are asked for
 * ahead of time, so the last one is too far, and a paused player asks for none, so the clock alone is too far as well:
 * the position is the earlier of the two, counted from the last seek.
 */
export class PlayPosition {
  readonly #lastIndex = new Map<string, number>();
  #seek: { seconds: number; atMs: number };
  /** The furthest segment asked for since. */
  #reached: { startSeconds: number; endSeconds: number };

  /** `nowMs` here and below: milliseconds of one monotonic clock. */
  constructor(seconds: number, nowMs: number) {
    this.#seek = { seconds, atMs: nowMs };
    this.#reached = { startSeconds: seconds, endSeconds: seconds };
  }

  /** Playing begins at this film time, seconds. */
  begin(seconds: number, nowMs: number): void {
    this.#seek = { seconds, atMs: nowMs };
    this.#reached = { startSeconds: seconds, endSeconds: seconds };
    this.#lastIndex.clear();
  }

  /** A segment was asked for. One that does not follow on is a seek that the player made by itself. */
  requested(rendition: string, segment: Segment, nowMs: number): void {
    const isSeek = this.#isSeek(rendition, segment);
    if (isSeek) this.begin(segment.startSeconds, nowMs);
    this.#lastIndex.set(rendition, segment.index);
    const { startSeconds, endSeconds } = this.#reached;
    this.#reached = {
      startSeconds: Math.max(startSeconds, segment.startSeconds),
      endSeconds: Math.max(endSeconds, segment.endSeconds),
    };
  }

  /** Film time, seconds. */
  at(nowMs: number): number {
    const { seconds, atMs } = this.#seek;
    return Math.min(this.#reached.startSeconds, seconds + (nowMs - atMs) / 1000);
  }

  #isSeek(rendition: string, { index, startSeconds, endSeconds }: Segment): boolean {
    const { seconds } = this.#seek;
    if (startSeconds <= seconds && seconds < endSeconds) return false;
    const last = this.#lastIndex.get(rendition);
    // A rendition nobody has asked for yet joins the others where they are.
    if (last === undefined) return startSeconds < seconds || startSeconds > this.#reached.endSeconds;
    return index !== last && index !== last + 1;
  }
}
