import { expect } from 'vitest';
import type { RunningApp } from './harness.ts';
import { randomFrames, resume, SEEK_SEED, seekPaused } from './seek.ts';

/** Big Buck Bunny as shipped: 30 s at 24 frames a second. */
export const CLIP = { frames: 720, fps: 24 };

/** Seeks in the clip to five random places, and expects the picture of each. Returns what the clock showed at them. */
export async function expectExactSeeks(app: RunningApp): Promise<{ seconds: number; currentTime: number }[]> {
  const shownAt: { seconds: number; currentTime: number }[] = [];
  for (const { index, seconds } of randomFrames(CLIP.frames, CLIP.fps)) {
    const { mediaTime, currentTime } = await seekPaused(app.page, seconds, CLIP.fps);
    const shownIndex = Math.round(mediaTime * CLIP.fps);
    const failure = `frame ${shownIndex} instead of ${index} (SEEK_SEED=${SEEK_SEED})`;
    expect(Math.abs(shownIndex - index), failure).toBeLessThanOrEqual(1);
    shownAt.push({ seconds, currentTime });
    await resume(app.page);
  }
  return shownAt;
}
