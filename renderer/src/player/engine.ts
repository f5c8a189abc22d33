import type { Failure } from '../api/problem.ts';
import type { Symptom } from './symptom.ts';
import type { Way } from './ways.ts';

/** What went wrong in an engine, by what can be done about it. */
export type EngineFailure =
  /** No answer at all: the core is gone for the moment. Goes on with `resume()` once it is back. */
  | { kind: 'unreachable' }
  /** The core answered with a problem. */
  | { kind: 'refused'; failure: Failure; status: number }
  /** The browser cannot play what it got; the core may have something safer, or another way may do. */
  | { kind: 'media'; message: string; symptom: Symptom };

export interface EngineHost {
  readonly video: HTMLVideoElement;
  /** Film time to begin at, seconds; null: at the live edge. */
  readonly startSeconds: number | null;
  /** Its server offers the qualities, and the link to it tells which to take; otherwise it is told which. */
  readonly adapts: boolean;
  onFailure(failure: EngineFailure): void;
  /** Bytes do not come, but the engine still tries; null once they come again. */
  onTrouble(trouble: Failure | null): void;
  /** The audio track that plays has changed, by position. */
  onAudio(index: number): void;
  /** The picture that is seen has changed, by rendition (`v0`, `v720` …). */
  onPicture(rendition: string): void;
  /** Whether more of the film will come. */
  onLive(isLive: boolean): void;
}

/** Feeds one `<video>` from one URL of the core. Owns the element's source until `destroy()`. */
export interface Engine {
  readonly way: Way;
  /** Plays another audio track from where the film is. No-op where the way cannot. */
  selectAudio(index: number): void;
  /** Goes over to another picture of the ladder without a gap. No-op where the way cannot. */
  selectPicture(rendition: string): void;
  /** Goes to where a live stream is now. No-op for what is none. */
  goLive(): void;
  /** The core is back: go on at once, instead of at the next retry. */
  resume(): void;
  destroy(): void;
}
