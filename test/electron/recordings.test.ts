import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { film, filmFacts, frameNumberAt } from '../lab/media/index.ts';
import { type Origin, startOrigin } from '../lab/origin/index.ts';
import { launchApp, type RunningApp } from './harness.ts';
import { openLink, untilPlaying } from './player.ts';
import { randomFrames, resume, SEEK_SEED, seekPaused } from './seek.ts';

/** Recordings keep no index: their playlists are right only where cuts are known, which a player must not notice. */
describe('recordings', () => {
  let app: RunningApp;
  let origin: Origin;

  beforeAll(async () => {
    origin = await startOrigin({ latencyMs: 50, files: { '/recording.ts': await film('ts-long') } });
    app = await launchApp();
    await app.ready();
  });
  afterAll(async () => {
    await app?.close();
    await origin?.close();
  });

  test('show the frame of the clock wherever they are sought', async () => {
    const { video } = filmFacts('ts-long');
    if (video === null) throw new Error('This film has a picture');
    await openLink(app.page, origin.url('/recording.ts'));
    await untilPlaying(app);
    for (const { seconds } of randomFrames(video.frames, 24, 8)) {
      const { frameNumber, currentTime } = await seekPaused(app.page, seconds, 24);
      expect(currentTime).toBeCloseTo(seconds, 3);
      const off = Math.abs((frameNumber ?? Number.NaN) - frameNumberAt(video, seconds));
      expect(off, `frame ${frameNumber} at ${seconds} s (SEEK_SEED=${SEEK_SEED})`).toBeLessThanOrEqual(1);
      await resume(app.page);
    }
    expect(app.log()).not.toMatch(/page error/);
  });
});
