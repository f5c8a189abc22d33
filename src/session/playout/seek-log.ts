import type { SeekTiming } from '../types.ts';

const KEPT = 20;

/**
 * Tells seeks from playing on: a segment that does not follow the last one of its rendition was reached by a seek. Keeps
 * the latest timings for `/stats`.
 */
export class SeekLog {
  readonly #lastSegment = new Map<string, number>();
  readonly #timings: SeekTiming[] = [];

  /** Notes a segment that was served; returns its timing if a seek (or the start) led to it. */
  note(timing: SeekTiming): SeekTiming | undefined {
    // Of the pictures a viewer sees one: to go on in another rung is no seek.
    const track = timing.rendition.startsWith('v') ? 'v' : timing.rendition;
    const last = this.#lastSegment.get(track);
    this.#lastSegment.set(track, timing.segment);
    if (last !== undefined && (timing.segment === last || timing.segment === last + 1)) return undefined;
    this.#timings.push(timing);
    if (this.#timings.length > KEPT) this.#timings.shift();
    return timing;
  }

  latest(): SeekTiming[] {
    return [...this.#timings];
  }
}
