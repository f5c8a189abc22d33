import type { CastStatus } from '../../../src/cast/types.ts';

/**
 * Where the film is on the device, seconds: devices tell that seldom, and between two words of theirs a playing film runs on with the clock.
 *
 * @param nowMs `Date.now()`; earlier than the status, where the computer's clock was set back
 */
export function filmPosition(
  status: Pick<CastStatus, 'state' | 'positionSeconds' | 'durationSeconds' | 'atMs'>,
  nowMs: number,
): number {
  const sinceSeconds = status.state === 'playing' ? Math.max(0, nowMs - status.atMs) / 1000 : 0;
  return withinFilm(status.positionSeconds + sinceSeconds, status.durationSeconds);
}

/**
 * A status of a device that was lost, told where the film was when that was noticed: the device's own last word may be long past, and the film
 * has played on since.
 *
 * @param before what was shown until now
 */
export function heldWhenLost(before: CastStatus | null, status: CastStatus, nowMs: number): CastStatus {
  if (before === null || status.state !== 'reconnecting') return status;
  return { ...status, positionSeconds: filmPosition(before, nowMs), atMs: nowMs };
}

/** A place in the film, brought back into it. What goes on has no end. */
export function withinFilm(seconds: number, durationSeconds: number | null): number {
  return Math.min(Math.max(0, seconds), durationSeconds ?? Number.POSITIVE_INFINITY);
}
