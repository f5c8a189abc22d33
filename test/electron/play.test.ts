import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { film, filmFacts, frameNumberAt, realClip } from '../lab/media/index.ts';
import { type Origin, startOrigin } from '../lab/origin/index.ts';
import { CLIP, expectExactSeeks } from './exact-seeks.ts';
import { launchApp, type RunningApp } from './harness.ts';
import {
  countJumps,
  forgetRequests,
  leaveFilm,
  openLink,
  requestedFragments,
  screen,
  segmentStarts,
  sessions,
  untilPlaying,
} from './player.ts';
import { randomFrames, resume, SEEK_SEED, seekPaused } from './seek.ts';

/** The picture is that of the place, and so is the clock. */
async function expectExactPlaces(app: RunningApp): Promise<void> {
  for (const { seconds, currentTime } of await expectExactSeeks(app)) {
    expect(currentTime).toBeCloseTo(seconds, 3);
  }
}

describe('the real clip', () => {
  let app: RunningApp;
  afterAll(async () => {
    await app?.close();
  });

  test('plays from the command line, and after five seeks the picture is that of the clock', async () => {
    app = await launchApp({ targets: [await realClip()] });
    await untilPlaying(app);
    expect(await app.page.title()).toContain('video.mp4');
    await expectExactPlaces(app);
    await seekPaused(app.page, 12);
    await resume(app.page);
    await app.page.mouse.move(500, 300);
    await screen(app.page, 'playing');
    expect(app.log()).not.toMatch(/page error|Content Security Policy/);
  });

  test('leaving ends its session', async () => {
    expect(await sessions(app)).toHaveLength(1);
    await leaveFilm(app.page);
    await expect.poll(() => sessions(app)).toEqual([]);
  });
});

describe('films behind links', () => {
  let app: RunningApp;
  let origin: Origin;

  beforeAll(async () => {
    origin = await startOrigin({
      latencyMs: 100,
      connectLatencyMs: 100,
      bitsPerSecond: 100e6,
      files: {
        '/bunny.mp4': await realClip(),
        '/bunny.mkv': await realClip('mkv'),
        '/numbers.mkv': await film('gop10-mkv'),
        '/numbers.mp4': await film('gop2-mp4'),
        '/chapters.mkv': await film('chapters-mkv'),
        '/mp3.mkv': await film('h264-mp3-mkv'),
        '/sound.m4a': await film('audio-only-m4a'),
        '/two.mkv': await film('two-audio-mkv'),
      },
    });
    app = await launchApp();
    await app.ready();
    await screen(app.page, 'start');
  });
  afterAll(async () => {
    await app?.close();
    await origin?.close();
  });

  async function open(path: string): Promise<void> {
    if ((await app.page.locator('#link').count()) === 0) {
      await app.page.getByRole('button', { name: 'Open another film' }).click();
    }
    await openLink(app.page, origin.url(path));
    await untilPlaying(app);
  }

  test.each(['/bunny.mp4', '/bunny.mkv'])(
    '%s plays over a slow line, exact after five seeks',
    async (path) => {
      await open(path);
      await expectExactPlaces(app);
    },
  );

  test('seeks from a segment that is being loaded into the next one', async () => {
    await open('/bunny.mkv');
    for (const start of (await segmentStarts(app.page)).slice(1)) {
      const { mediaTime } = await seekPaused(app.page, start + 0.5, CLIP.fps);
      expect(Math.abs(mediaTime - start - 0.5)).toBeLessThanOrEqual(1 / CLIP.fps);
    }
  });

  test.each([
    ['/numbers.mkv', 'gop10-mkv'],
    ['/numbers.mp4', 'gop2-mp4'],
  ] as const)('%s: the number burned into the picture is that of the clock', async (path, name) => {
    const { video } = filmFacts(name);
    if (video === null) throw new Error('This film has a picture');
    await open(path);
    const framesPerSecond = video.rate[0] / video.rate[1];
    for (const { seconds } of randomFrames(video.frames, framesPerSecond)) {
      const { frameNumber } = await seekPaused(app.page, seconds, framesPerSecond);
      const expected = frameNumberAt(video, seconds);
      const failure = `frame ${frameNumber} instead of ${expected} (SEEK_SEED=${SEEK_SEED})`;
      expect(frameNumber, failure).not.toBeNull();
      expect(Math.abs((frameNumber ?? 0) - expected), failure).toBeLessThanOrEqual(1);
      await resume(app.page);
    }
  });

  test('chapters divide the seek bar and name the place', async () => {
    await open('/chapters.mkv');
    const { chapters } = filmFacts('chapters-mkv');
    const cues = await app.page.evaluate(() => {
      const bar = document.querySelector('media-time-range');
      return Reflect.get(bar ?? {}, 'mediaChaptersCues') as { text: string; startTime: number }[];
    });
    expect(cues.map(({ text }) => text)).toEqual(chapters.map(({ title }) => title));
    await seekPaused(app.page, 6);
    await app.page.getByText('Größe; = "quoted"').first().waitFor();
    const box = await app.page.locator('media-time-range').boundingBox();
    if (box === null) throw new Error('There is no seek bar');
    await app.page.mouse.move(box.x + box.width * 0.8, box.y + box.height / 2);
    await app.page.mouse.move(box.x + box.width * 0.8 + 4, box.y + box.height / 2);
    await app.page.locator('media-time-range[mediapreviewchapter="The end"]').waitFor();
    await screen(app.page, 'chapters');
  });

  test('another audio track goes on at the same place, and no picture is fetched again', async () => {
    await forgetRequests(app.page);
    await open('/two.mkv');
    const button = app.page.getByRole('button', { name: /^Audio:/ });
    // The author's default is the second track.
    await app.page.getByRole('button', { name: 'Audio: German' }).waitFor();
    const jumps = await countJumps(app.page);
    await button.click();
    await screen(app.page, 'audio-menu');
    const before = await app.page.evaluate(() => document.querySelector('video')?.currentTime ?? -1);
    await app.page.getByRole('menuitemradio', { name: /English/ }).click();
    await app.page.getByRole('button', { name: 'Audio: English' }).waitFor();
    await expect.poll(async () => (await requestedFragments(app.page, 'a0')).length).toBeGreaterThan(0);
    await untilPlaying(app, before + 1);
    expect(await jumps.evaluate(({ count }) => count)).toBe(0);
    const fragments = await requestedFragments(app.page, 'v0');
    expect(fragments.length).toBeGreaterThan(0);
    expect(new Set(fragments).size).toBe(fragments.length);
  });

  test('what only a media element plays is played directly', async () => {
    await open('/mp3.mkv');
    expect(await app.page.evaluate(() => document.querySelector('video')?.currentSrc)).toMatch(/\/direct$/);
    const { video } = filmFacts('h264-mp3-mkv');
    if (video === null) throw new Error('This film has a picture');
    const { frameNumber } = await seekPaused(app.page, 12.52);
    expect(Math.abs((frameNumber ?? -9) - frameNumberAt(video, 12.52))).toBeLessThanOrEqual(1);
    await resume(app.page);
  });

  test('sound without a picture plays, under its name', async () => {
    await open('/sound.m4a');
    await app.page.locator('.sound').getByText('sound.m4a').waitFor();
    await screen(app.page, 'sound-only');
  });

  test('the details panel tells what is played how', async () => {
    await open('/bunny.mp4');
    await seekPaused(app.page, 20);
    await resume(app.page);
    await app.page.keyboard.press('i');
    const panel = app.page.getByRole('region', { name: 'Details' });
    await panel.getByText('H.264 · 1920×1080').waitFor();
    await panel.getByText(/to the picture/).waitFor();
    await screen(app.page, 'details');
    await app.page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
  });

  test('keys: pause, jump, and go to a tenth', async () => {
    const time = () => app.page.evaluate(() => document.querySelector('video')?.currentTime ?? -1);
    await app.page.keyboard.press('k');
    await app.page.keyboard.press('5');
    expect(await time()).toBeCloseTo(15, 0);
    await app.page.keyboard.press('ArrowRight');
    expect(await time()).toBeCloseTo(20, 0);
    await app.page.keyboard.press('j');
    expect(await time()).toBeCloseTo(10, 0);
    await app.page.keyboard.press('m');
    expect(await app.page.evaluate(() => document.querySelector('video')?.muted)).toBe(true);
    await app.page.keyboard.press('m');
  });

  test('while it opens, it says what it waits for', async () => {
    await app.page.getByRole('button', { name: 'Open another film' }).click();
    origin.setFaults('/bunny.mkv', { delayHeadMs: 60_000 });
    await openLink(app.page, origin.url('/bunny.mkv'));
    await app.page.getByText(`Connecting to 127.0.0.1:${origin.port}…`).waitFor();
    await app.page.waitForFunction(() => document.getAnimations().every((animation) => !animation.pending));
    await screen(app.page, 'opening');
    origin.setFaults('/bunny.mkv', null);
    origin.dropConnections();
    await untilPlaying(app);
  });
});
