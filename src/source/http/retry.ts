import type { AttemptFailure } from './failure.ts';

/** How often and how patiently a request is tried again. Progress (new bytes) starts the count anew. */
export interface RetryPolicy {
  /** Attempts in all without progress between them, ≥ 1. */
  attempts: number;
  /** First back-off, ms; doubles with each attempt up to `maxDelayMs`. */
  baseDelayMs: number;
  maxDelayMs: number;
  /** A longer `Retry-After` than this is not waited for but reported, ms. */
  maxRetryAfterMs: number;
}

export const DEFAULT_RETRY: RetryPolicy = {
  attempts: 4,
  baseDelayMs: 250,
  maxDelayMs: 4000,
  maxRetryAfterMs: 10_000,
};

/**
 * How long to wait before the next attempt, ms; null to give up. `attempt` counts failures without progress, from 1. Back-off with
 * half of it random, so that the readers of a struggling server do not come back in step.
 */
export function retryDelay(
  policy: RetryPolicy,
  failure: AttemptFailure,
  attempt: number,
  opened: boolean,
  random: () => number = Math.random,
): number | null {
  if (failure.retry === 'never' || (failure.retry === 'opened' && !opened)) return null;
  if (attempt >= policy.attempts) return null;
  if (failure.retryAfterMs !== undefined) {
    return failure.retryAfterMs <= policy.maxRetryAfterMs ? failure.retryAfterMs : null;
  }
  const ceiling = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (attempt - 1));
  return ceiling * (0.5 + random() / 2);
}
