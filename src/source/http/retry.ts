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

/** A source that has never answered is tried to connect to for about this long, ms: a dead host should say so soon. */
const FIRST_CONTACT_MS = 2000;
/** Attempts to connect to a server that refuses it and has never answered. */
const STARTING_ATTEMPTS = 3;

/** How an attempt came to fail. */
export interface Failed {
  failure: AttemptFailure;
  /** Failures without progress, this one included, ≥ 1. */
  count: number;
  /** Whether the source has ever answered. */
  opened: boolean;
  /** Since the first attempt, ms. */
  elapsedMs: number;
}

/**
 * How long to wait before the next attempt, ms; null to give up. Back-off with half of it random, so that the readers of a struggling
 * server do not come back in step.
 */
export function retryDelay(
  policy: RetryPolicy,
  { failure, count, opened, elapsedMs }: Failed,
  random: () => number = Math.random,
): number | null {
  const { retry } = failure;
  if (retry === 'never' || (retry === 'opened' && !opened)) return null;
  if (count >= policy.attempts || (retry === 'starting' && !opened && count >= STARTING_ATTEMPTS))
    return null;
  if (failure.retryAfterMs !== undefined) {
    return failure.retryAfterMs <= policy.maxRetryAfterMs ? failure.retryAfterMs : null;
  }
  const ceiling = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (count - 1));
  const waitMs = ceiling * (0.5 + random() / 2);
  const isFirstContact = !opened && (retry === 'starting' || retry === 'passing');
  return isFirstContact && elapsedMs + waitMs > FIRST_CONTACT_MS ? null : waitMs;
}
