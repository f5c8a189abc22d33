import { setTimeout as delay } from 'node:timers/promises';

/** Time as a parameter, so that tests of waiting do not wait. */
export interface Clock {
  /** Milliseconds, monotonic. */
  now(): number;
  /** Rejects with an `AbortError` when the signal fires. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) => delay(ms, undefined, { signal }),
};
