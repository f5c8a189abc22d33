import type { ContainerIndex } from '../plan/types.ts';
import { ByteTimeline } from '../torrent/byte-timeline.ts';
import type { FilmSource } from './deps.ts';

/**
 * Tells a source that fetches by time (a torrent) which bytes hold which seconds: by the film's length alone as soon as its head tells that, so
 * that the place where playing will begin is on its way beside the index, then by the index. Other sources are told nothing.
 */
export class FilmTiming {
  readonly #source: Pick<FilmSource, 'schedule'>;
  readonly #startSeconds: number;
  #timeline: ByteTimeline | null = null;

  /** @param startSeconds film time at which playing will begin */
  constructor(source: Pick<FilmSource, 'schedule'>, startSeconds: number) {
    this.#source = source;
    this.#startSeconds = startSeconds;
  }

  /** Whether anybody listens. */
  get isWanted(): boolean {
    return this.#source.schedule !== undefined;
  }

  /** How long the film says that it is. Of use until more is known. */
  guess(durationSeconds: number | null, sizeBytes: number): void {
    if (durationSeconds === null || !(durationSeconds > 0 && durationSeconds < Number.POSITIVE_INFINITY))
      return;
    this.#timeline ??= this.#tell(ByteTimeline.even(durationSeconds, sizeBytes), true);
  }

  know({ keyframes, durationSeconds, mediaEndOffset }: ContainerIndex): void {
    if (!this.isWanted) return;
    const places = keyframes.map(({ timeSeconds, offset }) => ({ seconds: timeSeconds, offset }));
    places.push({ seconds: durationSeconds, offset: mediaEndOffset });
    this.#timeline = this.#tell(new ByteTimeline(places), true);
  }

  /** The film is examined, or cannot be: from now on reads tell where it plays. */
  end(): void {
    if (this.#timeline) this.#tell(this.#timeline, false);
  }

  #tell(timeline: ByteTimeline, isExamined: boolean): ByteTimeline {
    this.#source.schedule?.({ timeline, startSeconds: this.#startSeconds, isExamined });
    return timeline;
  }
}
