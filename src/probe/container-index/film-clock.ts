import type { Keyframe } from '../../plan/types.ts';

/** A random access point on the container's own clock. */
export interface AccessPoint {
  seconds: number;
  offset: number;
}

/**
 * Access points (ascending) on the film clock, the first at 0. Decoding for time 0 begins at the last one at or before it: what lies before that
 * is hidden by an edit list. If there is none before (a group whose leading pictures come first), the first one serves.
 */
export function onFilmClock(points: readonly AccessPoint[], originSeconds: number): Keyframe[] {
  const keyframes: Keyframe[] = [];
  for (const { seconds, offset } of points) {
    const timeSeconds = seconds - originSeconds;
    if (timeSeconds <= 0 || keyframes.length === 0) keyframes[0] = { timeSeconds: 0, offset };
    else keyframes.push({ timeSeconds, offset });
  }
  return keyframes;
}
