import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { realClip } from '../lab/media/index.ts';
import { socketsOf } from '../lab/swarm/sockets.ts';
import { type Swarm, startSwarm } from '../lab/swarm/swarm.ts';
import { describeWithSwarm } from '../support/swarm-gate.ts';
import { expectExactSeeks } from './exact-seeks.ts';
import { launchApp, type RunningApp } from './harness.ts';
import { leaveFilm, openLink, screen, sessions, untilPlaying } from './player.ts';

/** Slow enough that none has given all of it before the others let anybody in (aria2 takes 5 s, transmission 10 s). */
const SEEDS = (['transmission', 'aria2', 'libtorrent'] as const).map((make) => ({
  make,
  uploadBytesPerSecond: 400_000,
}));

describeWithSwarm('a magnet link of peers of three makes', {}, () => {
  let swarm: Swarm;
  let cacheDir: string;
  let app: RunningApp;

  const launch = async (keep: 'yes' | 'no') => {
    const env = {
      RAFFI_TORRENT_ADDR: '127.0.0.1:0',
      RAFFI_TORRENT_FEATURES: 'none',
      RAFFI_TORRENT_KEEP: keep,
      RAFFI_CACHE_DIR: cacheDir,
    };
    app = await launchApp({ env });
    await app.ready();
  };
  /** The torrent's pieces in the cache folder, by the folder of the cache that they lie in. */
  const pieces = async () => {
    const names = await readdir(cacheDir, { recursive: true });
    return names.filter((name) => name.endsWith('.pieces')).map((name) => name.split('/')[0]);
  };
  /** Addresses of seeds that the core has a connection with. */
  const connected = async () => {
    const sockets = await socketsOf([app.corePid()]);
    const remotes = sockets.flatMap(({ remote }) => /127\.0\.0\.[2-9](?=\]?:)/.exec(remote ?? '') ?? []);
    return [...new Set(remotes)].sort();
  };
  const details = () => app.page.textContent('[aria-label=Details]');

  beforeAll(async () => {
    const path = await realClip();
    cacheDir = await mkdtemp(join(tmpdir(), 'raffi-swarm-cache-'));
    swarm = await startSwarm({ content: { files: { [basename(path)]: path } }, seeds: SEEDS });
    await launch('yes');
  });
  afterAll(async () => {
    await app?.close();
    await swarm?.[Symbol.asyncDispose]();
    await rm(cacheDir, { recursive: true, force: true });
  });

  test('plays, and five seeks show the picture of their place', async () => {
    await openLink(app.page, swarm.magnet);
    await untilPlaying(app);
    await app.page.keyboard.press('i');
    await expect.poll(details).toContain('3 peers');
    expect(await connected()).toEqual(swarm.seeds.map(({ address }) => address.host).sort());
    await screen(app.page, 'torrent-three-makes');
    await expectExactSeeks(app);
    expect(app.log()).not.toMatch(/page error|Content Security Policy/);
  });

  test('leaving it leaves no connection, and keeps its bytes as told', async () => {
    await leaveFilm(app.page);
    await expect.poll(() => sessions(app)).toEqual([]);
    await expect.poll(connected).toEqual([]);
    const sent = await Promise.all(swarm.seeds.map((seed) => seed.status()));
    expect(sent.filter(({ uploadedBytes }) => uploadedBytes > 0).length).toBeGreaterThan(1);
    const folders = await pieces();
    expect(folders.length).toBeGreaterThan(0);
    expect([...new Set(folders)]).toEqual(['torrents']);
  });

  test('what was kept plays after a new start, with the seeds gone', async () => {
    await app.close();
    await swarm[Symbol.asyncDispose]();
    await launch('yes');
    await openLink(app.page, swarm.bareMagnet);
    await untilPlaying(app);
    await app.page.keyboard.press('i');
    await expect.poll(details).toContain('No peers yet');
  });

  test('a start that is told to keep nothing frees it', async () => {
    await app.close();
    expect((await pieces()).length).toBeGreaterThan(0);
    await launch('no');
    await expect.poll(pieces).toEqual([]);
  });
});
