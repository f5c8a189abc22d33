/** One look at a film that plays. */
export interface Look {
  /** Milliseconds of a monotonic clock. */
  atMs: number;
  /** The film's clock, seconds. */
  seconds: number;
  /** It runs, and the track that is watched has something to give here. */
  isExpected: boolean;
  /** What decoding makes grow: frames, bytes. */
  count: number;
}

export interface Patience {
  /** How long a count may stand still that has never grown, milliseconds. */
  firstMs: number;
  /** How long one that has; null where the track itself may pause for any time. */
  laterMs: number | null;
}

/** So much film has to pass while the count stands still: a film that hardly moves proves nothing. */
const MIN_FILM_SECONDS = 1.5;

/** Tells when a track is not decoded although its film plays on. Pure: what happens is handed in. */
export class Stillness {
  readonly #patience: Patience;
  #since: Look | null = null;
  #lastSeconds = 0;
  #hasGrown = false;

  constructor(patience: Patience) {
    this.#patience = patience;
  }

  /** Whether the count has stood still for too long. */
  isTooLong(look: Look): boolean {
    const since = this.#since;
    // A clock that goes back was set: a seek, or another source.
    const wentBack = look.seconds < this.#lastSeconds;
    this.#lastSeconds = look.seconds;
    if (!look.isExpected || since === null || wentBack) {
      this.#since = look.isExpected ? look : null;
      return false;
    }
    if (look.count !== since.count) {
      this.#hasGrown = true;
      this.#since = look;
      return false;
    }
    const { firstMs, laterMs } = this.#patience;
    const limitMs = this.#hasGrown ? laterMs : firstMs;
    const hasPlayed = look.seconds - since.seconds >= MIN_FILM_SECONDS;
    return limitMs !== null && hasPlayed && look.atMs - since.atMs >= limitMs;
  }
}
