import type { ContainerIndex } from '../../plan/types.ts';
import type { Span } from '../packet.ts';
import type { MatroskaTrack } from './tracks.ts';

/** Times nearer to each other than this are one moment: cuts and packets are rounded to milliseconds. */
export const SAME_MOMENT_SECONDS = 0.000_9;

/** From a track's ticks to film time. */
export class FilmClock {
  readonly #secondsPerTick: number;
  readonly #offsetSeconds: number;

  /** @param main the track whose first packet is film time 0 */
  constructor(index: ContainerIndex, secondsPerTick: number, track: MatroskaTrack, main: MatroskaTrack) {
    this.#secondsPerTick = secondsPerTick;
    // The index's origin is a timestamp as written; where the main track is itself delayed, the delay shifts the origin too.
    const delay = main.kind === 'audio' ? track.codecDelay - main.codecDelay : track.codecDelay;
    this.#offsetSeconds = index.originSeconds + delay / 1e9;
  }

  seconds(ticks: number): number {
    return ticks * this.#secondsPerTick - this.#offsetSeconds;
  }
}

/** Where a span ends for its reader: the film's last one takes all there is, since durations in headers are often short by a frame. */
export function readingEnd(span: Span, lastEndSeconds: number): number {
  return span.endSeconds >= lastEndSeconds - SAME_MOMENT_SECONDS ? Number.POSITIVE_INFINITY : span.endSeconds;
}
