/** Chrome's own senders ask so often. */
export const PING_INTERVAL_MS = 5_000;
/** So many unanswered in a row, and the device is gone: Wi-Fi that drops tells nobody. */
const MISSED_UNTIL_DEAD = 3;

/**
 * Tells whether a peer still lives: any message of it counts. Beats are counted, not time, so that a computer that slept does not take its own sleep
 * for the device's silence.
 */
export class Heartbeat {
  readonly #timer: NodeJS.Timeout;
  #missed = 0;

  /** @param onDead called once, after which nothing is asked any more */
  constructor(ping: () => void, onDead: () => void, intervalMs = PING_INTERVAL_MS) {
    ping();
    this.#timer = setInterval(() => {
      this.#missed += 1;
      if (this.#missed < MISSED_UNTIL_DEAD) return ping();
      this.stop();
      onDead();
    }, intervalMs).unref();
  }

  heard(): void {
    this.#missed = 0;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
