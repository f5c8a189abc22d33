import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type FilmName, film, filmFacts, frameNumberAt } from '../lab/media/index.ts';
import { type Origin, startOrigin } from '../lab/origin/index.ts';
import { launchApp, type RunningApp } from './harness.ts';
import { hear } from './listen.ts';
import { forgetRequests, leaveFilm, openLink, requestedFragments, screen, untilPlaying } from './player.ts';
import { resume, seekPaused, wishFor } from './seek.ts';

const FILMS = {
  '/hevc.mkv': 'hevc-aac-mkv',
  '/film.mkv': 'gop2-mkv',
} as const satisfies Record<string, FilmName>;
type Path = keyof typeof FILMS;

/** So far the films of the lab are clear of their beginning and their end. */
const PLACE_SECONDS = 8;

describe('a player that was wrong about itself recovers', () => {
  let app: RunningApp;
  let origin: Origin;

  beforeAll(async () => {
    const files = Object.entries(FILMS).map(async ([path, name]) => [path, await film(name)] as const);
    origin = await startOrigin({ files: Object.fromEntries(await Promise.all(files)) });
    app = await launchApp();
    await app.ready();
    await app.page.addInitScript(boast);
    await app.page.reload();
    await app.ready();
  });
  afterAll(async () => {
    await app?.close();
    await origin?.close();
  });
  afterEach(async () => {
    await leaveFilm(app.page);
  });

  /** The text of the notice that appears. */
  const notice = async (): Promise<string> => (await app.page.locator('p.notice').textContent()) ?? '';

  async function expectPictureAndSound(path: Path, seconds: number): Promise<void> {
    const { video } = filmFacts(FILMS[path]);
    if (video === null) throw new Error('This film has a picture');
    const { frameNumber } = await seekPaused(app.page, seconds, video.rate[0] / video.rate[1]);
    expect(Math.abs((frameNumber ?? -9) - frameNumberAt(video, seconds))).toBeLessThanOrEqual(1);
    await resume(app.page);
    expect(Math.abs((await hear(app.page, 440)).hz - 440)).toBeLessThan(25);
  }

  test('from HEVC that it said it shows, and cannot', async () => {
    await openLink(app.page, origin.url('/hevc.mkv'));
    await untilPlaying(app);
    expect(await notice()).toBe('The player could not decode this HEVC, so it is converted.');
    await screen(app.page, 'notice');
    await expectPictureAndSound('/hevc.mkv', 5.1);
  });

  test.each([
    ['no picture', 'frames', 'v0e1', 'The player showed no picture of this H.264, so it is converted.'],
    ['no sound', 'bytes', 'a0e1', 'The player was silent with this AAC, so it is converted.'],
  ] as const)('from %s although no error says so, in place', async (_, counter, rendition, reason) => {
    await forgetRequests(app.page);
    await openLink(app.page, origin.url('/film.mkv'));
    await untilPlaying(app);
    await wishFor(app.page, PLACE_SECONDS);
    await untilPlaying(app, PLACE_SECONDS);
    const asked = app.page.waitForRequest((request) => request.url().endsWith('/feedback'), {
      timeout: 60_000,
    });
    await standStill(app.page, counter, true);
    await asked;
    await standStill(app.page, counter, false);
    await app.page.locator('p.notice').waitFor();
    expect(await notice()).toBe(reason);
    // A request is listed when its answer is whole.
    await expect.poll(() => requestedFragments(app.page, rendition), { timeout: 15_000 }).not.toEqual([]);
    const fragments = await requestedFragments(app.page, rendition);
    expect(fragments.filter((url) => url.endsWith('/0.m4s'))).toEqual([]);
    await expectPictureAndSound('/film.mkv', 12.1);
  });
});

/** Runs in the page before its own scripts: a browser that says it plays HEVC, and counters that can be held. */
function boast(): void {
  const isTypeSupported = MediaSource.isTypeSupported.bind(MediaSource);
  const isHevc = (type: string) => /hvc1|hev1/.test(type);
  MediaSource.isTypeSupported = (type) => isHevc(type) || isTypeSupported(type);
  const decodingInfo = navigator.mediaCapabilities.decodingInfo.bind(navigator.mediaCapabilities);
  navigator.mediaCapabilities.decodingInfo = async (asked) => {
    const info = await decodingInfo(asked);
    return isHevc(asked.video?.contentType ?? '') ? { ...info, supported: true } : info;
  };

  const held: { frames?: number; bytes?: number } = {};
  Reflect.set(window, 'heldCounters', held);
  const qualityOf = HTMLVideoElement.prototype.getVideoPlaybackQuality;
  HTMLVideoElement.prototype.getVideoPlaybackQuality = function () {
    const quality = qualityOf.call(this);
    const { droppedVideoFrames, creationTime, corruptedVideoFrames, totalVideoFrames } = quality;
    const shown = held.frames ?? totalVideoFrames;
    return { droppedVideoFrames, creationTime, corruptedVideoFrames, totalVideoFrames: shown };
  };
  const bytesOf = Object.getOwnPropertyDescriptor(
    HTMLMediaElement.prototype,
    'webkitAudioDecodedByteCount',
  )?.get;
  Object.defineProperty(HTMLMediaElement.prototype, 'webkitAudioDecodedByteCount', {
    get(this: HTMLMediaElement) {
      return held.bytes ?? bytesOf?.call(this);
    },
  });
}

function standStill(page: Page, counter: 'frames' | 'bytes', isHeld: boolean): Promise<void> {
  return page.evaluate(
    ({ counter, isHeld }) => {
      const held = Reflect.get(window, 'heldCounters') as Record<string, number>;
      if (isHeld) held[counter] = 1;
      else delete held[counter];
    },
    { counter, isHeld },
  );
}
