import type { Page } from 'playwright-core';
import { decodeFrameNumber } from '../lab/media/index.ts';
import { randomNumbers } from '../support/random.ts';

/** What is on screen after a seek. */
export interface Shown {
  currentTime: number;
  /** Presentation time of the frame on screen, as the compositor tells it; NaN when it showed none since the seek. */
  mediaTime: number;
  /** The number burned into the picture; null where there is none. */
  frameNumber: number | null;
}

/** Of this run's random places, to be shown by a test that fails. The same number in `SEEK_SEED` repeats them. */
export const SEEK_SEED = Number(process.env.SEEK_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** The picture is read at this size: the frame code survives it, and an array of it crosses to the test quickly. */
const SIZE = { width: 120, height: 68 };
const ARRIVAL = {
  /** For the seek as a whole. */
  boundMs: 60_000,
  /** For the right frame once the element has said `seeked`; then what is on screen is what there is. */
  lateMs: 3_000,
  /** Containers round times to milliseconds. */
  toleranceSeconds: 0.001,
};
const RESUME_TIMEOUT_MS = 30_000;

/** Only wishes for a place. */
export function wishFor(page: Page, seconds: number): Promise<void> {
  return page.evaluate((target) => {
    const video = document.querySelector('video');
    if (video !== null) video.currentTime = target;
  }, seconds);
}

/**
 * Pauses, seeks, and waits for the picture of the new place: for the frame that is on screen at that time, since one of the old
 * place may still come after the wish, and the new one before `seeked`. Chromium may stop at another frame all the same; that one is
 * told then, and the test judges it.
 */
export async function seekPaused(page: Page, seconds: number, framesPerSecond = 24): Promise<Shown> {
  const wish = { target: seconds, frameSeconds: 1 / framesPerSecond, ...ARRIVAL };
  const mediaTime = await page.evaluate(
    ({ target, frameSeconds, boundMs, lateMs, toleranceSeconds }) =>
      new Promise<number>((resolve, reject) => {
        const video = document.querySelector('video');
        if (video === null) throw new Error('There is no player');
        let latest = Number.NaN;
        let callback = 0;
        let late = 0;
        const end = (): void => {
          clearTimeout(bound);
          clearTimeout(late);
          video.removeEventListener('seeked', onSeeked);
          video.cancelVideoFrameCallback(callback);
        };
        const arrive = (): void => {
          end();
          resolve(latest);
        };
        const look = (): void => {
          const begun = latest <= target + toleranceSeconds;
          const lasts = target < latest + frameSeconds + toleranceSeconds;
          if (begun && lasts && !video.seeking) arrive();
        };
        const onFrame = (_now: number, { mediaTime }: VideoFrameCallbackMetadata): void => {
          latest = mediaTime;
          callback = video.requestVideoFrameCallback(onFrame);
          look();
        };
        const onSeeked = (): void => {
          clearTimeout(late);
          // The player may seek once more by itself: then another `seeked` follows.
          late = window.setTimeout(() => !video.seeking && arrive(), lateMs);
          look();
        };
        const bound = window.setTimeout(() => {
          end();
          const { currentTime, seeking, readyState } = video;
          const state = JSON.stringify({ currentTime, seeking, readyState, latestFrame: latest });
          reject(new Error(`The seek to ${target} s did not end within ${boundMs / 1000} s: ${state}`));
        }, boundMs);
        video.pause();
        callback = video.requestVideoFrameCallback(onFrame);
        video.addEventListener('seeked', onSeeked);
        video.currentTime = target;
      }),
    wish,
  );
  return { mediaTime, ...(await readPicture(page)) };
}

async function readPicture(page: Page): Promise<Pick<Shown, 'currentTime' | 'frameNumber'>> {
  const { currentTime, pixels } = await page.evaluate(({ width, height }) => {
    const video = document.querySelector('video');
    const context = new OffscreenCanvas(width, height).getContext('2d');
    if (video === null || context === null) throw new Error('There is no player, or no canvas');
    context.drawImage(video, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    return { currentTime: video.currentTime, pixels: [...data] };
  }, SIZE);
  return { currentTime, frameNumber: decodeFrameNumber(Uint8Array.from(pixels), SIZE.width, SIZE.height) };
}

/** Plays on, and resolves when the picture moves again. */
export async function resume(page: Page): Promise<void> {
  await page.evaluate(
    (boundMs) =>
      new Promise<void>((resolve, reject) => {
        const video = document.querySelector('video');
        if (video === null) throw new Error('There is no player');
        const late = new Error(`The picture does not move within ${boundMs / 1000} s`);
        const bound = setTimeout(() => reject(late), boundMs);
        const moves = (): void => {
          clearTimeout(bound);
          resolve();
        };
        video.play().then(() => video.requestVideoFrameCallback(moves), reject);
      }),
    RESUME_TIMEOUT_MS,
  );
}

/**
 * Frames of a film at random, as their number and a time in their middle. At a frame's edge a rounding of the container decides
 * which one it is; and Chromium, asked to pause at a place, may paint the frame before it.
 */
export function randomFrames(
  frames: number,
  framesPerSecond: number,
  count = 5,
): { index: number; seconds: number }[] {
  const random = randomNumbers(SEEK_SEED);
  return Array.from({ length: count }, () => {
    const index = Math.floor(random() * (frames - 12));
    return { index, seconds: (index + 0.5) / framesPerSecond };
  });
}
