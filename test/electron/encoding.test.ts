import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type FilmName, film, filmFacts, frameNumberAt } from '../lab/media/index.ts';
import { type Origin, startOrigin } from '../lab/origin/index.ts';
import { encodersOf, untilNoEncoder } from '../support/encoders.ts';
import { type FfmpegGate, ffmpegGate } from '../support/ffmpeg-gate.ts';
import { killAll, untilGone } from '../support/processes.ts';
import { launchApp, type RunningApp } from './harness.ts';
import { hear } from './listen.ts';
import {
  countJumps,
  forgetRequests,
  leaveFilm,
  openLink,
  requestedFragments,
  screen,
  untilPlaying,
} from './player.ts';
import { randomFrames, resume, SEEK_SEED, seekPaused } from './seek.ts';

const FILMS = {
  '/ac3.mkv': 'ac3-surround-mkv',
  '/xvid.mkv': 'mpeg4-mp3-mkv',
  '/hevc.mkv': 'hevc-aac-mkv',
  '/mixed.mkv': 'mixed-audio-mkv',
  '/long.mkv': 'mpeg4-long-mkv',
  '/sound.m4a': 'alac-m4a',
} as const satisfies Record<string, FilmName>;
type Path = keyof typeof FILMS;

describe('what this player cannot decode is converted while it plays', () => {
  let app: RunningApp;
  let origin: Origin;
  let gate: FfmpegGate;

  beforeAll(async () => {
    const files = Object.entries(FILMS).map(async ([path, name]) => [path, await film(name)] as const);
    origin = await startOrigin({ files: Object.fromEntries(await Promise.all(files)) });
    gate = await ffmpegGate();
    app = await launchApp({ env: { RAFFI_FFMPEG_BIN: gate.path } });
    await app.ready();
  });
  afterAll(async () => {
    await app?.close();
    await gate?.dispose();
    await origin?.close();
  });
  afterEach(async () => {
    await leaveFilm(app.page);
    await untilNoEncoder(app.pid);
  });

  async function open(path: Path): Promise<void> {
    await openLink(app.page, origin.url(path));
    await untilPlaying(app);
  }

  async function expectFrameAt(path: Path, seconds: number): Promise<void> {
    const { video } = filmFacts(FILMS[path]);
    if (video === null) throw new Error('This film has a picture');
    const { frameNumber } = await seekPaused(app.page, seconds, video.rate[0] / video.rate[1]);
    const expected = frameNumberAt(video, seconds);
    const failure = `frame ${frameNumber} instead of ${expected} at ${seconds} s (SEEK_SEED=${SEEK_SEED})`;
    expect(Math.abs((frameNumber ?? -9) - expected), failure).toBeLessThanOrEqual(1);
  }

  test.each([
    ['/ac3.mkv', /^Audio 1converted to AAC/],
    ['/xvid.mkv', /^Videoconverted to H\.264 320×180/],
    ['/hevc.mkv', /^Videoconverted to H\.264 320×180/],
  ] as const)(
    '%s: the picture is that of the clock after two seeks, and it sounds',
    async (path, outcome) => {
      const { video } = filmFacts(FILMS[path]);
      if (video === null) throw new Error('This film has a picture');
      await open(path);
      await expectFrameAt(path, 0);
      for (const { seconds } of randomFrames(video.frames - 48, video.rate[0] / video.rate[1], 2)) {
        await expectFrameAt(path, seconds);
        await resume(app.page);
        const heard = await hear(app.page, 440);
        expect(heard.rms, 'silence').toBeGreaterThan(0.005);
        expect(Math.abs(heard.hz - 440), `${heard.hz} Hz`).toBeLessThan(25);
      }
      await app.page.keyboard.press('i');
      const panel = app.page.getByRole('region', { name: 'Details' });
      await panel.waitFor();
      const rows = await panel
        .locator('dt')
        .evaluateAll((terms) =>
          terms.map((term) => `${term.textContent}${term.nextElementSibling?.textContent}`),
        );
      expect(rows.filter((row) => outcome.test(row))).toHaveLength(1);
      await screen(app.page, `converted-${FILMS[path]}`);
      await app.page.keyboard.press('i');
    },
  );

  test('sound without a picture plays, and after a seek', async () => {
    await open('/sound.m4a');
    expect((await hear(app.page, 440)).rms).toBeGreaterThan(0.005);
    await app.page.keyboard.press('5');
    await untilPlaying(app, 10);
    expect((await hear(app.page, 440)).rms).toBeGreaterThan(0.005);
  });

  test('from a converted to a copied track and back: same place, and no picture is fetched again', async () => {
    await forgetRequests(app.page);
    await open('/mixed.mkv');
    expect(Math.abs((await hear(app.page, 440)).hz - 440)).toBeLessThan(25);
    const jumps = await countJumps(app.page);
    for (const [from, to, hz] of [
      ['English', 'German', 880],
      ['German', 'English', 440],
    ] as const) {
      await app.page.getByRole('button', { name: `Audio: ${from}` }).click();
      await screen(app.page, 'converted-audio-menu');
      await app.page.getByRole('menuitemradio', { name: to }).click();
      await app.page.getByRole('button', { name: `Audio: ${to}` }).waitFor();
      const heard = await hear(app.page, hz);
      expect(Math.abs(heard.hz - hz), `${heard.hz} Hz`).toBeLessThan(25);
    }
    expect(await jumps.evaluate(({ count }) => count)).toBe(0);
    const fragments = await requestedFragments(app.page, 'v0');
    expect(fragments.length).toBeGreaterThan(0);
    expect(new Set(fragments).size).toBe(fragments.length);
  });

  test('thirty seeks in three seconds start at most two encoders a track, and the last target plays', async () => {
    await open('/long.mkv');
    const before = await gate.starts();
    await pressDigits(
      app.page,
      Array.from({ length: 30 }, (_, press) => (press * 7 + 5) % 10), // the last is an 8
      100,
    );
    await untilPlaying(app, 96.5);
    const after = await gate.starts();
    expect(after.video - before.video).toBeLessThanOrEqual(2);
    expect(after.audio - before.audio).toBeLessThanOrEqual(2);
    expect(encodersOf(app.pid).length).toBeLessThanOrEqual(2);
    await expectFrameAt('/long.mkv', 98.1);
  });

  test('encoders that are killed are started again, and nobody sees it', async () => {
    await open('/long.mkv');
    const jumps = await countJumps(app.page);
    await expect.poll(() => encodersOf(app.pid).length).toBeGreaterThan(0);
    const killed = encodersOf(app.pid);
    killAll(killed);
    expect(await untilGone(killed, 2_000)).toEqual([]);
    const buffered = await app.page.evaluate(() => {
      const video = document.querySelector('video');
      if (video === null) throw new Error('There is no player');
      video.playbackRate = 8;
      return video.buffered.end(video.buffered.length - 1);
    });
    expect(buffered).toBeLessThan(100);
    await untilPlaying(app, buffered + 4);
    expect(await jumps.evaluate(({ count }) => count)).toBe(0);
    await expectFrameAt('/long.mkv', buffered + 8.1);
  });

  test('a conversion that takes long is waited for, and the window says so', async () => {
    await gate.close();
    try {
      const refused = app.page.waitForResponse((answer) => answer.status() === 503);
      await openLink(app.page, origin.url('/long.mkv'));
      await app.page.getByText('Converting the picture…').waitFor();
      await refused;
      await screen(app.page, 'converting');
      await app.page.getByText('Converting the picture…').waitFor();
    } finally {
      await gate.open();
    }
    await untilPlaying(app);
  });

  test('so is one that a seek waits for', async () => {
    await open('/long.mkv');
    await gate.close();
    try {
      killAll(encodersOf(app.pid));
      const refused = app.page.waitForResponse((answer) => answer.status() === 503);
      await app.page.keyboard.press('9');
      await refused;
      await app.page.getByText('Converting the picture…').waitFor();
      await screen(app.page, 'converting-seek');
    } finally {
      await gate.open();
    }
    await untilPlaying(app, 108.5);
  });

  test('a core that is killed takes its encoders with it, and the next one goes on', async () => {
    await open('/long.mkv');
    await expect.poll(() => encodersOf(app.pid).length).toBeGreaterThan(0);
    const orphans = encodersOf(app.pid);
    killAll([app.corePid()]);
    expect(await untilGone(orphans, 5_000)).toEqual([]);
    await expectFrameAt('/long.mkv', 77.7);
    await resume(app.page);
  });
});

test('an app that is quit while it converts leaves nothing behind', async () => {
  const app = await launchApp({ targets: [await film('mpeg4-long-mkv')] });
  try {
    await untilPlaying(app);
    await expect.poll(() => encodersOf(app.pid).length).toBeGreaterThan(0);
    expect(await app.close()).toEqual([]);
  } finally {
    await app.close();
  }
});

describe('where nothing can be encoded', () => {
  let app: RunningApp;
  let origin: Origin;

  beforeAll(async () => {
    origin = await startOrigin({
      files: { '/xvid.mkv': await film('mpeg4-mp3-mkv'), '/mixed.mkv': await film('mixed-audio-mkv') },
    });
    // A program, but not ffmpeg.
    app = await launchApp({ env: { RAFFI_FFMPEG_BIN: process.execPath } });
    await app.ready();
  });
  afterAll(async () => {
    await app?.close();
    await origin?.close();
  });

  test('a film that needs it is refused, with what to install', async () => {
    await openLink(app.page, origin.url('/xvid.mkv'));
    const card = app.page.locator('[role=alert][data-code=codec_not_playable]');
    await card.getByText(/MPEG-4 .* RAFFI_FFMPEG_BIN names no working ffmpeg/).waitFor();
    await screen(app.page, 'error-codec_not_playable');
    await app.page.getByRole('button', { name: 'Open another', exact: true }).click();
  });

  test('a track that needs it is not offered, and the details say why', async () => {
    await openLink(app.page, origin.url('/mixed.mkv'));
    await untilPlaying(app);
    expect(Math.abs((await hear(app.page, 880)).hz - 880)).toBeLessThan(25);
    expect(await app.page.getByRole('button', { name: /^Audio:/ }).count()).toBe(0);
    await app.page.keyboard.press('i');
    const panel = app.page.getByRole('region', { name: 'Details' });
    await panel.getByText('not playable here').waitFor();
    await panel.getByText(/RAFFI_FFMPEG_BIN names no working ffmpeg/).waitFor();
    await screen(app.page, 'details-no-encoder');
  });
});

/** Presses digit keys at a pace that the page itself keeps: from outside, every press waits for the one before. */
function pressDigits(page: Page, digits: readonly number[], paceMs: number): Promise<void> {
  return page.evaluate(
    ({ digits, paceMs }) =>
      new Promise<void>((resolve) => {
        const left = [...digits];
        const timer = setInterval(() => {
          const digit = left.shift();
          if (digit === undefined) {
            clearInterval(timer);
            resolve();
          } else window.dispatchEvent(new KeyboardEvent('keydown', { key: String(digit), bubbles: true }));
        }, paceMs);
      }),
    { digits, paceMs },
  );
}
