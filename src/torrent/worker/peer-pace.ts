/** Requests to a peer of unknown speed. Enough to fill a link of 10 ms at 100 Mb/s; little enough to be soon cancelled. */
const FIRST_REQUESTS = 8;
const FEWEST_REQUESTS = 2;
const MOST_REQUESTS = 500;
/**
 * How long after it was asked for a block should come, milliseconds. Sooner: more can be asked for. Much later: a seek would wait behind
 * what is already on its way. Clients that send in beats (transmission: every half second) still give all they can.
 */
const WAIT_MS = 800;
/** A peer that was asked and sends nothing for so long is not relied on until it does, milliseconds. */
const SNUBBED_AFTER_MS = 4_000;
/**
 * Peers answer in the order they were asked. A block that was asked for so long before one that came is not coming, milliseconds:
 * webtorrent's peers, for one, drop a request that was taken back and made again before they had looked at it.
 */
const LOST_AFTER_MS = 1_000;

/** One peer's pace: how many blocks to ask of it, and whether it still answers. */
export class PeerPace {
  #lastMs: number;
  /** When the latest of the blocks that came was asked for. */
  #answeredMs = Number.NEGATIVE_INFINITY;
  #isSnubbed = false;
  #requests = FIRST_REQUESTS;

  constructor(nowMs: number) {
    this.#lastMs = nowMs;
  }

  get isSnubbed(): boolean {
    return this.#isSnubbed;
  }

  /** It was asked for something while nothing was under way. */
  asked(nowMs: number): void {
    this.#lastMs = nowMs;
  }

  /** A block came that was asked for at `askedMs`, when `underWay` were. */
  gave(askedMs: number, nowMs: number, underWay: number): void {
    if (!this.#isSnubbed) this.#adapt(nowMs - askedMs, underWay >= this.#requests / 2);
    this.#lastMs = nowMs;
    this.#answeredMs = Math.max(this.#answeredMs, askedMs);
    this.#isSnubbed = false;
  }

  /** Whether nothing has come for long: what it was asked for is better asked elsewhere. Once for each such time. */
  fellSilent(underWay: number, nowMs: number): boolean {
    if (underWay === 0 || nowMs - this.#lastMs < SNUBBED_AFTER_MS) return false;
    this.#lastMs = nowMs;
    this.#isSnubbed = true;
    this.#requests = FIRST_REQUESTS;
    return true;
  }

  /** Whether what was asked for then will not come any more. */
  isLost(askedMs: number): boolean {
    return askedMs + LOST_AFTER_MS < this.#answeredMs;
  }

  /** Requests to have under way. `accepts`: how many it takes at once, where it says (`reqq`, BEP 10). */
  requests(accepts: number | undefined): number {
    if (this.#isSnubbed) return 1;
    return Math.min(this.#requests, accepts !== undefined && accepts > 0 ? accepts : MOST_REQUESTS);
  }

  /** Grows as fast as TCP does in its slow start: by one for each block, so to the double with all that are under way. */
  #adapt(waitedMs: number, wasBusy: boolean): void {
    if (waitedMs > 2 * WAIT_MS) this.#requests = Math.max(FEWEST_REQUESTS, this.#requests - 1);
    else if (waitedMs < WAIT_MS && wasBusy) this.#requests = Math.min(MOST_REQUESTS, this.#requests + 1);
  }
}
