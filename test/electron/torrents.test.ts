import { copyFileSync, linkSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Request } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Seed, seed } from '../conformance/seed.ts';
import { film, realClip } from '../lab/media/index.ts';
import { expectExactSeeks } from './exact-seeks.ts';
import { launchApp, type RunningApp } from './harness.ts';
import { leaveFilm, openLink, screen, sessions, untilPlaying } from './player.ts';
import { seekPaused } from './seek.ts';

/** Nobody beyond this computer is talked to. */
const cacheDir = mkdtempSync(join(tmpdir(), 'raffi-torrents-cache-'));
const LOOPBACK = {
  RAFFI_TORRENT_ADDR: '127.0.0.1:0',
  RAFFI_TORRENT_FEATURES: 'none',
  RAFFI_CACHE_DIR: cacheDir,
};

let app: RunningApp;
let clip: Seed;
let folder: string;
let pack: Seed;

beforeAll(async () => {
  clip = await seed(await realClip(), { pieceBytes: 256 * 1024 });
  folder = mkdtempSync(join(tmpdir(), 'raffi-torrents-'));
  copyFileSync(await film('gop2-mp4'), join(folder, 'Episode 1.mp4'));
  copyFileSync(await film('moov-at-end'), join(folder, 'Episode 2.mp4'));
  pack = await seed(folder);
  const file = join(folder, '..', `${clip.infoHash}.torrent`);
  writeFileSync(file, clip.torrentFile);
  linkSync(file, join(folder, 'clip.torrent'));
  rmSync(file);
  app = await launchApp({ env: LOOPBACK, targets: [clip.magnet] });
});
afterAll(async () => {
  await app?.close();
  await clip?.close();
  await pack?.close();
  rmSync(folder, { recursive: true, force: true });
  rmSync(cacheDir, { recursive: true, force: true });
});

test('a magnet link on the command line plays, and five seeks show the picture of their place', async () => {
  await untilPlaying(app);
  await expectExactSeeks(app);
  await app.page.keyboard.press('i');
  await expect.poll(() => app.page.textContent('[aria-label=Details]')).toContain('1 peer');
  await screen(app.page, 'torrent');
  const whole = app.page.getByRole('switch', { name: 'Download the whole film' });
  expect(await whole.getAttribute('aria-checked')).toBe('false');
  await whole.click();
  await expect.poll(() => whole.getAttribute('aria-checked')).toBe('true');
  await expect.poll(() => app.page.textContent('[aria-label=Details]')).toContain('100 % here');
  await screen(app.page, 'torrent-whole');
  expect(app.log()).not.toMatch(/page error|Content Security Policy/);
});

test('leaving ends its session, leaves the swarm and frees its bytes', async () => {
  const pieces = () =>
    readdirSync(cacheDir, { recursive: true }).filter((name) => `${name}`.includes('.pieces'));
  expect(pieces().length).toBeGreaterThan(0);
  await leaveFilm(app.page);
  await expect.poll(() => sessions(app)).toEqual([]);
  await expect.poll(pieces).toEqual([]);
});

test('another film of a pack is chosen from the list of its files', async () => {
  await openLink(app.page, pack.magnet);
  await untilPlaying(app);
  await app.page.mouse.move(500, 300);
  const files = app.page.getByRole('button', { name: 'Files of this torrent' });
  const other = app.page.getByRole('menuitemradio', { checked: false });
  await files.click();
  await other.waitFor();
  await app.page.keyboard.press('Escape');
  await expect.poll(() => other.count()).toBe(0);
  await files.click();
  await screen(app.page, 'torrent-files');
  const name = (await other.locator('.label').textContent()) ?? '';
  await other.click();
  await expect.poll(() => app.page.title()).toContain(name);
  await untilPlaying(app);
  await expect.poll(() => sessions(app)).toHaveLength(1);
  await app.page.getByRole('button', { name: 'Open another film' }).click();
});

test('an episode is followed by the next one, of the same torrent and in the same full screen', async () => {
  await openLink(app.page, pack.magnet);
  await untilPlaying(app);
  await chooseFile('Episode 1.mp4');
  const asked: string[] = [];
  const note = (request: Request) => {
    const { pathname } = new URL(request.url());
    if (/^\/sessions(\/[^/]+)?$/.test(pathname)) asked.push(request.method());
  };
  app.page.on('request', note);
  await app.page.keyboard.press('f');
  await app.page.waitForFunction(() => document.fullscreenElement !== null);
  await app.page.mouse.move(500, 300);
  await app.page.getByRole('button', { name: 'Next episode' }).waitFor();
  await app.page.keyboard.press('n');
  await expect.poll(() => app.page.title()).toContain('Episode 2.mp4');
  await untilPlaying(app);
  await expect.poll(() => sessions(app)).toHaveLength(1);
  app.page.off('request', note);
  // What both share is never let go of.
  expect(asked.filter((method) => method !== 'GET')).toEqual(['POST', 'DELETE']);
  expect(await app.page.evaluate(() => document.fullscreenElement !== null)).toBe(true);
  await app.page.keyboard.press('Escape');
  await app.page.waitForFunction(() => document.fullscreenElement === null);
  await app.page.mouse.move(520, 320);
  await app.page.getByRole('button', { name: 'Files of this torrent' }).waitFor();
  expect(await app.page.getByRole('button', { name: 'Next episode' }).count()).toBe(0);
});

test('at the end of an episode the next one begins by itself, unless somebody stays', async () => {
  const card = app.page.getByRole('region', { name: 'Next episode' });
  const isOver = app.page.getByText('The film has ended.');
  await chooseFile('Episode 1.mp4');
  await untilPlaying(app);
  // Whoever goes straight to the end has not seen it.
  await app.page.evaluate(() => {
    const video = document.querySelector('video');
    if (video) video.currentTime = video.duration;
  });
  await isOver.waitFor({ state: 'attached' });
  expect(await card.count()).toBe(0);
  await app.page.keyboard.press('Shift+S');
  await playFrom(19);
  await isOver.waitFor({ state: 'attached' });
  expect(await card.count()).toBe(0);
  await app.page.keyboard.press('Escape');
  await card.getByText('Episode 2', { exact: true }).waitFor();
  await screen(app.page, 'next-episode');
  await app.page.keyboard.press('Escape');
  await card.waitFor({ state: 'detached' });
  await playFrom(19);
  await isOver.waitFor({ state: 'attached' });
  expect(await card.count()).toBe(0);
  await chooseFile('Episode 2.mp4');
  await untilPlaying(app);
  await chooseFile('Episode 1.mp4');
  await untilPlaying(app);
  await playFrom(19);
  await card.waitFor();
  await expect.poll(() => app.page.title(), { timeout: 30_000 }).toContain('Episode 2.mp4');
  await untilPlaying(app);
  await expect.poll(() => sessions(app)).toHaveLength(1);
  await app.page.keyboard.press('f');
  await app.page.waitForFunction(() => document.fullscreenElement !== null);
  await leaveFilm(app.page);
  await app.page.waitForFunction(() => document.fullscreenElement === null);
  // What leads back to an episode is the link to its pack, not a file that nobody has.
  const recents = app.page.getByRole('region', { name: 'Recently opened' });
  await recents.waitFor();
  expect(await recents.getByText('Episode').count()).toBe(0);
});

async function chooseFile(name: string): Promise<void> {
  if ((await app.page.title()).includes(name)) return;
  await app.page.mouse.move(500, 300);
  await app.page.getByRole('button', { name: 'Files of this torrent' }).click();
  await app.page.getByRole('menuitemradio', { name }).click();
  await expect.poll(() => app.page.title()).toContain(name);
}

async function playFrom(seconds: number): Promise<void> {
  await seekPaused(app.page, seconds);
  await app.page.evaluate(() => document.querySelector('video')?.play());
}

test('a link of which nobody has anything says what is waited for', async () => {
  await openLink(app.page, 'c'.repeat(40));
  await expect.poll(() => app.page.textContent('[role=status]')).toContain('No peers yet');
  await screen(app.page, 'torrent-waiting');
});
