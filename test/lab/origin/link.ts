import { setTimeout as delay } from 'node:timers/promises';

/** The network between the origin and its clients. Both may be changed while requests run. */
export interface LinkSettings {
  /** Milliseconds between a request's arrival and the first byte of its answer: one round trip. */
  latencyMs: number;
  /** Milliseconds added to the first request of each connection: the round trips of TCP (and TLS) set-up. */
  connectLatencyMs: number;
  /** Bits per second of body, shared by all connections of the origin; `Infinity` is not throttled. */
  bitsPerSecond: number;
}

/** How long one paced piece occupies the link. Smaller is smoother and costs more timers. */
const PIECE_SECONDS = 0.005;
/** A timer may fire this late without losing bandwidth: the lateness is made up for by the next piece … */
const CATCH_UP_SECONDS = 0.03;
/** … if that follows within this time. After a longer pause the link was idle, and idle time is no credit. */
const CONTINUES_SECONDS = 0.005;
const UNTHROTTLED_PIECE_BYTES = 1024 * 1024;

/**
 * A shared link of fixed bandwidth, as a queue in virtual time: each piece occupies the link for its own length, pieces of
 * several connections take turns, and the time kept is absolute, so timers that fire late do not lower the rate.
 */
export class Link {
  readonly settings: LinkSettings;
  #freeAt = 0;
  #lastCrossedAt = 0;

  constructor(settings: Partial<LinkSettings> = {}) {
    this.settings = {
      latencyMs: 0,
      connectLatencyMs: 0,
      bitsPerSecond: Number.POSITIVE_INFINITY,
      ...settings,
    };
  }

  /** How many bytes to send at a time. */
  get pieceBytes(): number {
    const { bitsPerSecond } = this.settings;
    if (bitsPerSecond === Number.POSITIVE_INFINITY) return UNTHROTTLED_PIECE_BYTES;
    return Math.min(UNTHROTTLED_PIECE_BYTES, Math.max(512, Math.round((bitsPerSecond / 8) * PIECE_SECONDS)));
  }

  /** Resolves when `bytes` have crossed the link. Rejects when the signal fires. */
  async cross(bytes: number, signal: AbortSignal): Promise<void> {
    const { bitsPerSecond } = this.settings;
    if (bitsPerSecond === Number.POSITIVE_INFINITY) return;
    const now = performance.now() / 1000;
    const credit = now - this.#lastCrossedAt < CONTINUES_SECONDS ? CATCH_UP_SECONDS : 0;
    this.#freeAt = Math.max(this.#freeAt, now - credit) + (bytes * 8) / bitsPerSecond;
    const waitMs = (this.#freeAt - now) * 1000;
    if (waitMs >= 1) await delay(waitMs, undefined, { signal });
    this.#lastCrossedAt = performance.now() / 1000;
  }
}
