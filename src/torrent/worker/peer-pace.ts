import { BLOCK_BYTES } from './piece-progress.ts';

/** Requests to a peer of unknown speed. Enough to fill a link of 10 ms at 100 Mb/s; little enough to be soon cancelled. */
const FIRST_REQUESTS = 8;
/** How much of a second of its speed a peer is asked for ahead: more would make a seek wait behind what is already on its way. */
const AHEAD_SECONDS = 0.5;
const MAX_REQUESTS = 500;
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

  /** A block came that was asked for at `askedMs`. */
  gave(askedMs: number, nowMs: number): void {
    this.#lastMs = nowMs;
    this.#answeredMs = Math.max(this.#answeredMs, askedMs);
    this.#isSnubbed = false;
  }

  /** Whether nothing has come for long: what it was asked for is better asked elsewhere. Once for each such time. */
  fellSilent(underWay: number, nowMs: number): boolean {
    if (underWay === 0 || nowMs - this.#lastMs < SNUBBED_AFTER_MS) return false;
    this.#lastMs = nowMs;
    this.#isSnubbed = true;
    return true;
  }

  /** Whether what was asked for then will not come any more. */
  isLost(askedMs: number): boolean {
    return askedMs + LOST_AFTER_MS < this.#answeredMs;
  }

  /**
   * Requests to have under way.
   *
   * @param bytesPerSecond what it gives
   * @param accepts how many it takes at once, where it says (`reqq`, BEP 10)
   */
  requests(bytesPerSecond: number, accepts: number | undefined): number {
    if (this.#isSnubbed) return 1;
    const wanted = FIRST_REQUESTS + Math.ceil((bytesPerSecond * AHEAD_SECONDS) / BLOCK_BYTES);
    return Math.min(wanted, MAX_REQUESTS, accepts !== undefined && accepts > 0 ? accepts : MAX_REQUESTS);
  }
}
