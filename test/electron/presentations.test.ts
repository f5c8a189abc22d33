import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeDash } from '../lab/adaptive/dash.ts';
import { makeHls } from '../lab/adaptive/hls.ts';
import { type Live, startLive } from '../lab/adaptive/live.ts';
import { filmFacts, frameNumberAt } from '../lab/media/index.ts';
import { type Origin, startOrigin } from '../lab/origin/index.ts';
import { launchApp, type RunningApp } from './harness.ts';
import { openLink, screen, untilPlaying } from './player.ts';
import { randomFrames, resume, SEEK_SEED, seekPaused } from './seek.ts';

const FILM = 'gop2-mkv';

let app: RunningApp;
let origin: Origin;
let folder: string;
let live: Live;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'raffi-presentations-'));
  await makeHls(join(folder, 'ts'), 'aes-128', FILM);
  await makeDash(join(folder, 'dash'), 'template-timeline', FILM);
  [origin, live] = await Promise.all([startOrigin({ dir: folder }), startLive(join(folder, 'live'))]);
  app = await launchApp();
  await app.ready();
});
afterAll(async () => {
  await app?.close();
  await live?.end();
  await origin?.close();
  await rm(folder, { recursive: true, force: true });
});

async function open(path: string): Promise<void> {
  if ((await app.page.locator('#link').count()) === 0)
    await app.page.getByRole('button', { name: 'Open another film' }).click();
  await openLink(app.page, origin.url(path));
  await untilPlaying(app);
}

test.each(['/ts/index.m3u8', '/dash/film.mpd'])(
  '%s plays, and a seek shows the picture of the clock',
  async (path) => {
    const { video } = filmFacts(FILM);
    if (video === null) throw new Error('This film has a picture');
    await open(path);
    const framesPerSecond = video.rate[0] / video.rate[1];
    const offsets: number[] = [];
    for (const { seconds } of randomFrames(video.frames, framesPerSecond)) {
      const { frameNumber } = await seekPaused(app.page, seconds, framesPerSecond);
      expect(frameNumber, `SEEK_SEED=${SEEK_SEED}`).not.toBeNull();
      offsets.push((frameNumber ?? 0) - frameNumberAt(video, seconds));
      await resume(app.page);
    }
    // Whoever cut the film put the clock's zero at the first frame's decode time, which lies the reordering of two frames before it.
    const failure = `off by ${offsets} frames (SEEK_SEED=${SEEK_SEED})`;
    expect(Math.max(...offsets) - Math.min(...offsets), failure).toBeLessThanOrEqual(1);
    expect(Math.max(...offsets.map(Math.abs)), failure).toBeLessThanOrEqual(3);
  },
);

test('a live stream begins near its edge, and says that it is live', async () => {
  await open(`/live/${live.playlist}`);
  await app.page.mouse.move(500, 300);
  await app.page.getByRole('button', { name: 'Live' }).waitFor();
  const { start, end, at } = await app.page.evaluate(() => {
    const video = document.querySelector('video');
    if (video === null || video.seekable.length === 0) throw new Error('Nothing can be sought');
    return { start: video.seekable.start(0), end: video.seekable.end(0), at: video.currentTime };
  });
  expect(at).toBeGreaterThanOrEqual(start);
  // Three segments of two seconds are held back; a slow machine may be some behind that.
  expect(end - at).toBeLessThan(12);
  await screen(app.page, 'live');
});
