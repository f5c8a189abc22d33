import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { PROJECT } from '../../build/setup/project.ts';
import type { RunningApp } from './harness.ts';

const SCREENS = join(PROJECT, '.cache', 'screens');
/** A busy machine takes its time. */
const BOUND_MS = 60_000;

/** Opens a link as a person does. */
export async function openLink(page: Page, url: string): Promise<void> {
  await page.fill('#link', url);
  await page.press('#link', 'Enter');
}

/** Back to where links are opened. */
export async function leaveFilm(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Open another film' }).click();
  await page.waitForSelector('#link');
}

/** Lets a file fall onto the window, as a file manager does. */
export async function dropFile(page: Page, name: string, text: string): Promise<void> {
  const transfer = await page.evaluateHandle(
    (file) => {
      const made = new DataTransfer();
      made.items.add(new File([file.text], file.name));
      return made;
    },
    { name, text },
  );
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
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

/** Addresses of a rendition's fragments that the page has requested since `forgetRequests()`, in order, repeats included. */
export function requestedFragments(page: Page, rendition: string): Promise<string[]> {
  return page.evaluate((name) => {
    const entries = performance.getEntriesByType('resource');
    return entries
      .map((entry) => entry.name)
      .filter((url) => url.includes(`/hls/${name}/`) && url.endsWith('.m4s'));
  }, rendition);
}

/** Where the segments of the film's picture begin, seconds, by its playlist. */
export function segmentStarts(page: Page): Promise<number[]> {
  return page.evaluate(async () => {
    const requests = performance.getEntriesByType('resource').map(({ name }) => name);
    const playlist = requests.findLast((url) => /\/hls\/v0\/playlist\.m3u8/.test(url));
    if (playlist === undefined) throw new Error('The page has loaded no playlist of a picture');
    const text = await (await fetch(playlist)).text();
    let at = 0;
    return [...text.matchAll(/#EXTINF:([\d.]+)/g)].map(([, seconds]) => {
      const start = at;
      at += Number(seconds);
      return start;
    });
  });
}

/** The browser keeps only so many requests: a test that looks at them begins with none. */
export function forgetRequests(page: Page): Promise<void> {
  return page.evaluate(() => performance.clearResourceTimings());
}

/** Counts seeks that bring the clock where playing would not have brought it, by more than a fifth of a second. */
export function countJumps(page: Page) {
  return page.evaluateHandle(() => {
    const jumps = { count: 0 };
    const video = document.querySelector('video');
    if (video === null) throw new Error('There is no player');
    let last = { place: video.currentTime, at: performance.now() };
    video.addEventListener('timeupdate', () => {
      if (!video.seeking) last = { place: video.currentTime, at: performance.now() };
    });
    video.addEventListener('seeking', () => {
      const played = (performance.now() - last.at) / 1000;
      const moved = video.currentTime - last.place;
      if (moved < -0.2 || moved > played + 0.2) jumps.count++;
    });
    return jumps;
  });
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
