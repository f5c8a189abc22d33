import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { PROJECT } from '../../build/setup/project.ts';
import { decodeFrameNumber } from '../lab/media/index.ts';
import type { RunningApp } from './harness.ts';

/** What is on screen after a seek. */
export interface Shown {
  currentTime: number;
  /** Presentation time of the frame on screen, as the compositor tells it. */
  mediaTime: number;
  /** The number burned into the picture; null where there is none. */
  frameNumber: number | null;
}

const SCREENS = join(PROJECT, '.cache', 'screens');
/** The picture is read at this size: the frame code survives it, and an array of it crosses to the test quickly. */
const WIDTH = 120;
const HEIGHT = 68;
const BOUND_MS = 30_000;

/** Opens a link as a person does. */
export async function openLink(page: Page, url: string): Promise<void> {
  await page.fill('#link', url);
  await page.press('#link', 'Enter');
}

/** Until the film plays and its clock runs. */
export async function untilPlaying(app: RunningApp, beyondSeconds = 0.2): Promise<void> {
  try {
    await app.page.waitForFunction(
      (seconds) => {
        const video = document.querySelector('video');
        return video !== null && !video.paused && video.currentTime > seconds;
      },
      beyondSeconds,
      { timeout: BOUND_MS },
    );
  } catch (cause) {
    const text = await app.page.evaluate(() => document.body.textContent);
    throw new Error(`The film does not play. The window says:\n${text}\n${app.log().slice(-2000)}`, {
      cause,
    });
  }
}

/** Pauses, seeks, and waits for the picture of the new place. */
export async function seekPaused(page: Page, seconds: number): Promise<Shown> {
  const shown = await page.evaluate(
    async ([target, width, height]) => {
      const video = document.querySelector('video');
      if (video === null) throw new Error('There is no player');
      video.pause();
      const arrived = new Promise<number>((resolve) => {
        let latest = Number.NaN;
        // The frame may come before `seeked`; one of the old place may come even after the wish.
        const look = () => {
          if (!video.seeking && Math.abs(latest - target) < 0.5) resolve(latest);
        };
        const onFrame = (_now: number, { mediaTime }: VideoFrameCallbackMetadata) => {
          latest = mediaTime;
          look();
          video.requestVideoFrameCallback(onFrame);
        };
        video.requestVideoFrameCallback(onFrame);
        video.addEventListener('seeked', look);
      });
      video.currentTime = target;
      const mediaTime = await arrived;
      const canvas = new OffscreenCanvas(width, height);
      const context = canvas.getContext('2d');
      if (context === null) throw new Error('There is no canvas');
      context.drawImage(video, 0, 0, width, height);
      const { data } = context.getImageData(0, 0, width, height);
      return { currentTime: video.currentTime, mediaTime, pixels: [...data] };
    },
    [seconds, WIDTH, HEIGHT] as const,
  );
  const { pixels, ...rest } = shown;
  return { ...rest, frameNumber: decodeFrameNumber(Uint8Array.from(pixels), WIDTH, HEIGHT) };
}

/** Plays on, and resolves when the picture moves again. */
export async function resume(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const video = document.querySelector('video');
    if (video === null) throw new Error('There is no player');
    await video.play();
    await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
  });
}

/** Addresses of a rendition's fragments that the page has requested since `forgetRequests()`, in order, repeats included. */
export function requestedFragments(page: Page, rendition: string): Promise<string[]> {
  return page.evaluate((name) => {
    const entries = performance.getEntriesByType('resource');
    return entries
      .map((entry) => entry.name)
      .filter((url) => url.includes(`/hls/${name}/`) && url.endsWith('.m4s'));
  }, rendition);
}

/** The browser keeps only so many requests: a test that looks at them begins with none. */
export function forgetRequests(page: Page): Promise<void> {
  return page.evaluate(() => performance.clearResourceTimings());
}

/** Ids of the sessions that the core holds. */
export async function sessions(app: RunningApp): Promise<string[]> {
  const { baseUrl } = await app.ready();
  const listed = await app.page.evaluate(
    async (url) => (await fetch(`${url}/sessions`)).json() as Promise<unknown>,
    baseUrl,
  );
  return JSON.stringify(listed).match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(?="[^/])/g) ?? [];
}

/** A picture of the window for people to look at, in `.cache/screens`. */
export async function screen(page: Page, name: string): Promise<void> {
  await mkdir(SCREENS, { recursive: true });
  await page.screenshot({ path: join(SCREENS, `${name}.png`) });
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
  return Array.from({ length: count }, () => {
    const index = Math.floor(Math.random() * (frames - 12));
    return { index, seconds: (index + 0.5) / framesPerSecond };
  });
}
