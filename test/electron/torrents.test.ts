import { copyFileSync, linkSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Seed, seed } from '../conformance/seed.ts';
import { film, realClip } from '../lab/media/index.ts';
import { expectExactSeeks } from './exact-seeks.ts';
import { launchApp, type RunningApp } from './harness.ts';
import { leaveFilm, openLink, screen, sessions, untilPlaying } from './player.ts';

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

test('a link of which nobody has anything says what is waited for', async () => {
  await openLink(app.page, 'c'.repeat(40));
  await expect.poll(() => app.page.textContent('[role=status]')).toContain('No peers yet');
  await screen(app.page, 'torrent-waiting');
});
