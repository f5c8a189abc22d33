import type { AccessPoint } from '../film-clock.ts';
import { WorkBudget } from '../work-budget.ts';
import type { MovieTrack } from './movie.ts';

/** What a track's samples come to. Seconds of presentation on the container's clock, edit list applied. */
export interface Timeline {
  /** Random access points in ascending time. */
  points: AccessPoint[];
  /** The first presented sample: an edit list can hide earlier ones. Null when there is no sample. */
  firstSeconds: number | null;
  /** Where the last presented sample ends. */
  endSeconds: number;
}

/** Units that a film's samples may cost: a day of video at 120 frames per second has 10 million, a day of AAC 4 million. */
const FILM_UNITS = 24_000_000;
/** A point is kept, copied and sorted; a sample is but looked at. So a film may have a day of nothing but keyframes. */
const POINT_UNITS = 8;

/** What all the timelines of one film may cost together. */
export function filmBudget(): WorkBudget {
  return new WorkBudget(FILM_UNITS, 'The MP4 file lists more samples than a film can have.');
}

/** Gathers samples in any order into a `Timeline`. Samples that the file does not hold (it was cut off) do not count. */
export class TimelineBuilder {
  readonly #track: MovieTrack;
  readonly #sizeBytes: number;
  readonly #budget: WorkBudget;
  readonly #points: AccessPoint[] = [];
  #firstShown = Number.POSITIVE_INFINITY;
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;
  #end = Number.NEGATIVE_INFINITY;

  /** @param budget Shared by all tracks of the film. */
  constructor(track: MovieTrack, sizeBytes: number, budget: WorkBudget) {
    this.#track = track;
    this.#sizeBytes = sizeBytes;
    this.#budget = budget;
  }

  /** An empty one of the same track. */
  fresh(): TimelineBuilder {
    return new TimelineBuilder(this.#track, this.#sizeBytes, this.#budget);
  }

  /** Times in track ticks, before the edit list; `endOffset` is where the sample's bytes end in the file. Throws `media_damaged` on absurd numbers. */
  add(time: number, duration: number, endOffset: number): void {
    this.#budget.spend();
    if (endOffset > this.#sizeBytes) return;
    if (time < this.#first) this.#first = time;
    if (time >= this.#track.edit.mediaTime && time < this.#firstShown) this.#firstShown = time;
    if (time < this.#last) return;
    this.#last = time;
    this.#end = time + duration;
  }

  addPoint(time: number, offset: number): void {
    if (offset >= this.#sizeBytes) return;
    this.#budget.spend(POINT_UNITS);
    this.#points.push({ seconds: this.#present(time), offset });
  }

  build(): Timeline {
    const first = Number.isFinite(this.#firstShown) ? this.#firstShown : this.#first;
    if (!Number.isFinite(first)) return { points: [], firstSeconds: null, endSeconds: 0 };
    return {
      points: this.#points.toSorted((a, b) => a.seconds - b.seconds),
      firstSeconds: this.#present(first),
      endSeconds: this.#editedEnd(),
    };
  }

  #present(time: number): number {
    const { edit, timescale } = this.#track;
    return (time - edit.mediaTime) / timescale + edit.delaySeconds;
  }

  /** The edit's duration is rounded to the movie's timescale, often milliseconds: only an end a frame earlier is meant. */
  #editedEnd(): number {
    const { edit, timescale } = this.#track;
    const end = this.#present(this.#end);
    if (edit.durationSeconds === null) return end;
    const editEnd = edit.delaySeconds + edit.durationSeconds;
    const frame = (this.#end - this.#last) / timescale;
    return editEnd < end - Math.max(frame, 0.002) ? editEnd : end;
  }
}
