/** Requests to a peer of unknown speed. Enough to fill a link of 10 ms at 100 Mb/s; little enough to be soon cancelled. */
const FIRST_REQUESTS = 8;
const FEWEST_REQUESTS = 2;
const MOST_REQUESTS = 500;
/**
 * How long a block may wait at a peer, milliseconds, beyond what the way takes and the pauses in which that peer sends nothing. What waits there
 * cannot be taken back: a client has read half a second's worth into its send buffer (libtorrent), and a seek waits behind all of it.
 */
const SLACK_MS = 30;
/** However long a peer pauses: no block is let wait longer by choice, milliseconds. */
const LONGEST_WAIT_MS = 800;
/** So many times later than is due is too late. */
const TOO_LONG = 1.25;
/** A pause counts half after so long, milliseconds. */
const PAUSE_HALF_LIFE_MS = 2_000;
/**
 * Some peers send in beats (transmission: every half second) and give more when they have been asked for enough to outlast a pause. Of others
 * the pauses only grow with what they are asked for (libtorrent, limited, sends what is waiting at once when it may send all of it). So both ways are
 * tried for a while, and again now and then, milliseconds; pauses are bridged where that gives so many times more.
 */
const TRIAL_MS = 2_000;
const TRIED_AGAIN_AFTER_MS = 60_000;
const WORTH_BRIDGING = 1.1;
/** A trial counts when so much of it came while about as much was under way as may be. */
const BUSY_SHARE = 0.25;
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
  /** The shortest time from an ask to its block: the way there and back. */
  #soonestMs = LONGEST_WAIT_MS;
  /** The longest time lately in which it gave nothing. */
  #pauseMs = 0;
  #bridges = true;
  /** The present trial, and what the other way gave in the one before it, blocks per second. */
  #trial = { sinceMs: 0, blocks: 0, busy: 0 };
  #otherRate: number | null = null;
  #nextTrialMs = 0;
  #shrunkMs = 0;
  #isStarting = true;

  constructor(nowMs: number) {
    this.#lastMs = nowMs;
  }

  get isSnubbed(): boolean {
    return this.#isSnubbed;
  }

  /** It was asked for something while nothing was under way. */
  asked(nowMs: number): void {
    if (nowMs - this.#lastMs > SNUBBED_AFTER_MS / 4) this.#trial = { sinceMs: nowMs, blocks: 0, busy: 0 };
    this.#lastMs = nowMs;
  }

  /** A block came that was asked for at `askedMs`, when `underWay` were. */
  gave(askedMs: number, nowMs: number, underWay: number): void {
    if (!this.#isSnubbed) {
      const pauseMs = nowMs - this.#lastMs;
      this.#pauseMs = Math.max(pauseMs, this.#pauseMs * 0.5 ** (pauseMs / PAUSE_HALF_LIFE_MS));
      const isBusy = underWay >= this.#requests / 2;
      this.#adapt(askedMs, nowMs, isBusy);
      this.#judge(nowMs, isBusy);
    }
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
    return Math.min(
      Math.floor(this.#requests),
      accepts !== undefined && accepts > 0 ? accepts : MOST_REQUESTS,
    );
  }

  /**
   * Like TCP: grows by one for each block in the beginning, so to the double with all that are under way, then by one for all of them. Shrinks to
   * what would not have waited too long, and not again for blocks that were asked for before.
   */
  #adapt(askedMs: number, nowMs: number, wasBusy: boolean): void {
    const waitedMs = nowMs - askedMs;
    this.#soonestMs = Math.min(this.#soonestMs, waitedMs);
    const pauseMs = this.#bridges ? this.#pauseMs : 0;
    const dueMs = Math.min(LONGEST_WAIT_MS, this.#soonestMs + pauseMs + SLACK_MS);
    if (waitedMs < dueMs) {
      if (waitedMs < dueMs / 2) this.#isStarting = true;
      const more = this.#isStarting ? 1 : 1 / this.#requests;
      if (wasBusy) this.#requests = Math.min(MOST_REQUESTS, this.#requests + more);
    } else if (waitedMs > TOO_LONG * dueMs && askedMs >= this.#shrunkMs) {
      this.#requests = Math.max(FEWEST_REQUESTS, (this.#requests * dueMs) / waitedMs);
      this.#shrunkMs = nowMs;
      this.#isStarting = false;
    }
  }

  /** Whether pauses are worth bridging: counts what comes in a trial, and compares it with the other way's. */
  #judge(nowMs: number, isBusy: boolean): void {
    this.#trial.blocks += 1;
    if (isBusy) this.#trial.busy += 1;
    const tookMs = nowMs - this.#trial.sinceMs;
    if (tookMs < TRIAL_MS) return;
    const { blocks, busy } = this.#trial;
    this.#trial = { sinceMs: nowMs, blocks: 0, busy: 0 };
    // It was asked for less than it may give: that tells nothing of what it gives.
    if (busy < blocks * BUSY_SHARE) return;
    const rate = (blocks * 1000) / tookMs;
    if (this.#otherRate !== null) {
      const [bridged, plain] = this.#bridges ? [rate, this.#otherRate] : [this.#otherRate, rate];
      this.#bridges = bridged > WORTH_BRIDGING * plain;
      this.#otherRate = null;
      this.#nextTrialMs = nowMs + TRIED_AGAIN_AFTER_MS;
    } else if (nowMs >= this.#nextTrialMs) {
      this.#otherRate = rate;
      this.#bridges = !this.#bridges;
    }
  }
}
