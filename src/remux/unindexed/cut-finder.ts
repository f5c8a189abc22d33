import type { Cuts } from '../../plan/cuts.ts';
import { withKnownStarts } from '../../plan/estimated-plan.ts';
import type { Segment, SegmentPlan } from '../../plan/types.ts';
import { SingleFlight } from '../../single-flight.ts';
import type { AccessPointSearch, FoundPoint } from './access-point-search.ts';

/**
 * Where the segments of an estimated plan really begin. The rule is stateless, so every segment has the same content whoever asks for it and in
 * whatever order: segment n begins at the first access point at or after its planned start less the longest group of pictures. So it
 * begins at or before its planned start, and the film follows from segment to segment without gap or overlap.
 */
export class CutFinder implements Cuts {
  readonly #estimate: SegmentPlan;
  readonly #search: AccessPointSearch;
  readonly #reachSeconds: number;
  readonly #starts = new Map<number, FoundPoint>();
  readonly #flights = new SingleFlight<FoundPoint>();
  #plan: SegmentPlan;
  /** Of how many known starts the plan tells. */
  #told = 0;

  /**
   * @param estimate see `planEstimated`
   * @param reachSeconds how far before its planned start a segment may begin: the longest group of pictures, less a part of a frame
   */
  constructor(estimate: SegmentPlan, search: AccessPointSearch, reachSeconds: number) {
    this.#estimate = estimate;
    this.#plan = estimate;
    this.#search = search;
    this.#reachSeconds = reachSeconds;
  }

  /** With the starts that are known by now. */
  get plan(): SegmentPlan {
    if (this.#told !== this.#starts.size) {
      this.#told = this.#starts.size;
      this.#plan = withKnownStarts(this.#estimate, this.#starts);
    }
    return this.#plan;
  }

  /**
   * The segment with its true times and bytes.
   *
   * A group of pictures that is longer than was thought leaves segments without an access point of their own. They begin at the one before,
   * so with pictures that the segment before has too: a player gets something to show, wherever it seeks. Segments in a hole of the film have no bytes
   * at all, and last as planned.
   *
   * @throws what the search throws
   */
  async locate({ index }: Segment, signal?: AbortSignal): Promise<Segment> {
    const [own, next] = await Promise.all([this.#start(index, signal), this.#start(index + 1, signal)]);
    const end = this.#isHole(index + 1, next) ? this.#planned(index + 1) : next.seconds;
    if (this.#isHole(index, own)) {
      const startSeconds = this.#planned(index);
      return { index, startSeconds, endSeconds: end, startOffset: own.offset, endOffset: own.offset };
    }
    let start = own;
    for (let before = index - 1; start.offset >= next.offset && before >= 0; before--) {
      start = await this.#start(before, signal);
    }
    return {
      index,
      startSeconds: start.seconds,
      endSeconds: Math.max(end, start.seconds),
      startOffset: start.offset,
      endOffset: next.offset,
    };
  }

  /** Whether a segment's access point lies behind a hole and belongs to a later segment. */
  #isHole(index: number, { holeSeconds, seconds }: FoundPoint): boolean {
    const isLater = seconds >= this.#planned(index + 1) - this.#reachSeconds;
    return index < this.#estimate.segments.length && holeSeconds !== undefined && isLater;
  }

  #planned(index: number): number {
    return this.#estimate.segments[index]?.startSeconds ?? this.#estimate.durationSeconds;
  }

  #start(index: number, signal: AbortSignal | undefined): Promise<FoundPoint> {
    const known = this.#starts.get(index);
    if (known) return Promise.resolve(known);
    return this.#flights.run(String(index), (running) => this.#find(index, running), signal);
  }

  async #find(index: number, signal: AbortSignal): Promise<FoundPoint> {
    const segment = this.#estimate.segments[index];
    const last = this.#estimate.segments.at(-1);
    const end = { seconds: this.#estimate.durationSeconds, offset: last?.endOffset ?? 0 };
    let start: FoundPoint = end;
    if (index === 0 && segment) start = { seconds: segment.startSeconds, offset: segment.startOffset };
    else if (segment)
      start = (await this.#search.firstAtOrAfter(segment.startSeconds - this.#reachSeconds, signal)) ?? end;
    this.#starts.set(index, start);
    return start;
  }
}
