import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { film } from '../lab/media/index.ts';
import { type Origin, startOrigin } from '../lab/origin/index.ts';
import { launchApp, type RunningApp } from './harness.ts';
import { openLink, screen, sessions, untilPlaying } from './player.ts';

const PAGE = '<!doctype html><title>A page</title><p>Not a film.';

describe('what cannot be played says why, and what to do', () => {
  let app: RunningApp;
  let origin: Origin;

  beforeAll(async () => {
    origin = await startOrigin({
      files: {
        '/page.html': Buffer.from(PAGE),
        '/good.mkv': await film('gop2-mkv'),
      },
      faults: { '/secret.mkv': { status: { code: 403 } } },
    });
    app = await launchApp();
    await app.ready();
  });
  afterAll(async () => {
    await app?.close();
    await origin?.close();
  });

  async function expectCard(code: string): Promise<string> {
    const card = app.page.locator('[role=alert][data-code]');
    await card.waitFor({ timeout: 60_000 });
    expect(await card.getAttribute('data-code'), await card.innerText()).toBe(code);
    const title = await card.getByRole('heading').innerText();
    const detail = await card.locator('.detail').innerText();
    expect(title.length).toBeGreaterThan(8);
    expect(detail.length).toBeGreaterThan(20);
    expect(`${title} ${detail}`).not.toMatch(/undefined|null|\bat .*:\d+:\d+|key=/);
    await screen(app.page, `error-${code}`);
    return detail;
  }

  async function back(): Promise<void> {
    await app.page.getByRole('button', { name: 'Open another', exact: true }).click();
    await app.page.waitForSelector('#link');
    await expect.poll(() => sessions(app)).toEqual([]);
  }

  test.each([
    ['a link that leads nowhere', '/missing.mkv?key=s3cret', 'source_not_found'],
    ['a web page', '/page.html', 'not_media'],
    ['a link that refuses access', '/secret.mkv?key=s3cret', 'source_forbidden'],
  ])('%s', async (_name, path, code) => {
    await openLink(app.page, `http://127.0.0.1:${origin.port}${path}`);
    expect(await expectCard(code)).not.toContain('s3cret');
    await back();
  });

  test('an address that may not be opened', async () => {
    await openLink(app.page, 'http://169.254.169.254/latest/meta-data');
    await expectCard('source_refused');
    await back();
  });

  test('a text that is no link is refused where it was typed', async () => {
    await openLink(app.page, 'not a link');
    await app.page.getByText('This is not a link.').waitFor();
    await app.page.fill('#link', '');
  });

  test('trying again after the cause is gone plays the film', async () => {
    origin.setFaults('/good.mkv', { status: { code: 404 } });
    await openLink(app.page, origin.url('/good.mkv'));
    await expectCard('source_not_found');
    origin.setFaults('/good.mkv', null);
    await app.page.getByRole('button', { name: 'Try again' }).click();
    await untilPlaying(app);
    await app.page.getByRole('button', { name: 'Open another film' }).click();
  });

  test('a dropped file plays; one that is no film says so', async () => {
    const page = join(tmpdir(), `raffi-test-${process.pid}.html`);
    await writeFile(page, PAGE);
    try {
      await drop(app, page);
      await expectCard('not_media');
      await drop(app, await film('gop2-mp4'));
      await untilPlaying(app);
      expect(await app.page.title()).toContain('gop2-mp4');
    } finally {
      await rm(page);
    }
  });

  test('what played is remembered by its name, without its key', async () => {
    await app.page.getByRole('button', { name: 'Open another film' }).click();
    await app.page.getByRole('heading', { name: 'Recently opened' }).waitFor();
    await screen(app.page, 'start-recents');
    const stored = await app.page.evaluate(() => JSON.stringify(localStorage));
    expect(stored).toContain('good.mkv');
    expect(stored).not.toContain('s3cret');
    expect(stored).not.toContain(tmpdir());
  });
});

/** Drops a file of the disk on the window: only a file input gives a test a `File` that has a path. */
async function drop(app: RunningApp, path: string): Promise<void> {
  await app.page.evaluate(() => {
    const input = document.createElement('input');
    input.type = 'file';
    input.id = 'from-disk';
    document.body.append(input);
  });
  await app.page.setInputFiles('#from-disk', path);
  await app.page.evaluate(() => {
    const input = document.querySelector<HTMLInputElement>('#from-disk');
    const dataTransfer = new DataTransfer();
    for (const file of input?.files ?? []) dataTransfer.items.add(file);
    input?.remove();
    window.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
  });
}
