import type { CastStatus } from '../../../src/cast/types.ts';

/** What a status means to the window that casts a session. */
export type Course =
  /** Of the time before the device has taken our film: nothing to show yet. */
  | 'before'
  /** It is our film's. */
  | 'ours'
  /** Our film was there, and is no more: somebody else took the device, or stopped it there. */
  | 'over';

/** @param wasOurs whether a status was our film's before this one */
export function courseOf(
  status: Pick<CastStatus, 'state' | 'sessionId'>,
  sessionId: string,
  wasOurs: boolean,
): Course {
  if (status.state !== 'idle' && status.sessionId === sessionId) return 'ours';
  return wasOurs ? 'over' : 'before';
}

/** What is shown until the device tells of itself. */
export function statusBefore(
  load: Pick<CastStatus, 'device' | 'sessionId' | 'positionSeconds' | 'audioIndex' | 'subtitleIndex'>,
  nowMs: number,
): CastStatus {
  return {
    ...load,
    state: 'connecting',
    title: null,
    durationSeconds: null,
    atMs: nowMs,
    volume: 1,
    isMuted: false,
    problem: null,
  };
}
