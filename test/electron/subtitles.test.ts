import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeHls } from '../lab/adaptive/hls.ts';
import { film, filmFacts, frameNumberAt, realClip } from '../lab/media/index.ts';
import { type Origin, startOrigin } from '../lab/origin/index.ts';
import { launchApp, type RunningApp } from './harness.ts';
import { dropFile, forgetRequests, leaveFilm, openLink, screen, untilPlaying } from './player.ts';
import { randomFrames, resume, SEEK_SEED, seekPaused } from './seek.ts';

const FRAMES_PER_SECOND = 24;
/** Beside the bunny, one line for all of it. */
const ADDED = '1\n00:00:00,000 --> 00:00:40,000\nA line of <i>ours</i>,\nand another below it\n';

let app: RunningApp;
let origin: Origin;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'raffi-subtitles-'));
  await makeHls(join(folder, 'hls'), 'ts', 'gop2-mkv');
  origin = await startOrigin({
    dir: folder,
    files: {
      '/subtitles.mkv': await film('subtitles-mkv'),
      '/placed.webm': await film('subtitles-webm'),
      '/pictures.mkv': await film('subtitles-pictures-mkv'),
      '/direct.mkv': await film('subtitles-mp3-mkv'),
      '/long.mkv': await film('bench-subtitles-mkv'),
      '/bunny.mkv': await realClip('mkv'),
    },
  });
  app = await launchApp();
  await app.ready();
});
afterAll(async () => {
  await app?.close();
  await origin?.close();
  await rm(folder, { recursive: true, force: true });
});

async function open(path: string): Promise<void> {
  if ((await app.page.locator('#link').count()) === 0) await leaveFilm(app.page);
  await openLink(app.page, origin.url(path));
  await untilPlaying(app);
}

/** What is on screen of text now. */
const shown = () =>
  app.page.evaluate(() => [...document.querySelectorAll('[data-line]')].map(({ innerHTML }) => innerHTML));
const button = () => app.page.getByRole('button', { name: /^Subtitles:/ });
const untilChosen = (label: string) =>
  app.page.getByRole('button', { name: `Subtitles: ${label}`, exact: true }).waitFor();
const choose = async (label: string | RegExp) => {
  await app.page.mouse.move(500, 300);
  await button().click();
  await app.page.getByRole('menuitemradio', { name: label }).click();
};

/** How many lines the window holds. */
const held = () =>
  app.page.evaluate(() => {
    const tracks = [...(document.querySelector('video')?.textTracks ?? [])];
    return tracks.find(({ kind }) => kind === 'metadata')?.cues?.length;
  });
const srtTime = (seconds: number) =>
  new Date(Math.round(seconds * 1000)).toISOString().slice(11, 23).replace('.', ',');
const srtCue = (from: number, to: number, text: string) =>
  `1\n${srtTime(from)} --> ${srtTime(to)}\n${text}\n`;

/**
 * The picture is that of the place, and so is the text: at five random places, and at the frames around the ends of two lines.
 *
 * @param offset by which the element's clock is ahead of the film's
 */
async function expectExactLines(name: 'subtitles-mkv' | 'subtitles-mp3-mkv', offset: number): Promise<void> {
  const { video, subtitles } = filmFacts(name);
  const cues = subtitles?.[0]?.cues ?? [];
  if (video === null) throw new Error('This film has a picture');
  const edges = cues.slice(1, 3).flatMap(({ startSeconds, endSeconds }) =>
    [startSeconds, endSeconds].flatMap((seconds) => {
      const index = Math.floor(seconds * FRAMES_PER_SECOND);
      return [index - 1, index, index + 1];
    }),
  );
  const random = randomFrames(video.frames, FRAMES_PER_SECOND).map(({ index }) => index);
  for (const index of [...random, ...edges]) {
    const seconds = (index + 0.5) / FRAMES_PER_SECOND;
    const { frameNumber } = await seekPaused(app.page, seconds + offset);
    const failure = `frame ${index} (SEEK_SEED=${SEEK_SEED})`;
    expect(Math.abs((frameNumber ?? -9) - frameNumberAt(video, seconds)), failure).toBeLessThanOrEqual(1);
    const wanted = cues.filter((cue) => cue.startSeconds <= seconds && seconds < cue.endSeconds);
    await expect.poll(shown, { message: failure }).toEqual(wanted.map(({ text }) => text));
  }
  await resume(app.page);
}

describe('subtitles of a film', () => {
  test('are off until somebody wants them; s switches them on, and every line is at its time', async () => {
    await open('/subtitles.mkv');
    await untilChosen('off');
    await app.page.keyboard.press('s');
    await untilChosen('English');
    await app.page.getByText('Subtitles: English').waitFor();
    await expectExactLines('subtitles-mkv', 0);
    // The player of HLS leaves the renditions alone.
    const requests = await app.page.evaluate(() =>
      performance.getEntriesByType('resource').map(({ name }) => name),
    );
    expect(requests.filter((url) => /\/hls\/s\d/.test(url))).toEqual([]);
    expect(requests.filter((url) => /\/subtitles\/0\.vtt/.test(url)).length).toBeGreaterThan(0);
  });

  test('are another track at once, or none', async () => {
    await seekPaused(app.page, 7);
    await choose(/German/);
    await expect.poll(shown).toEqual(['<i>A sign\nabove</i>']);
    await choose('Off');
    await expect.poll(shown).toEqual([]);
    await choose(/English/);
    await seekPaused(app.page, 10);
    await expect.poll(shown).toEqual(['Größe, 言葉']);
  });

  test('z and x show them earlier and later', async () => {
    await seekPaused(app.page, 9.48);
    await expect.poll(shown).toEqual([]);
    await app.page.keyboard.press('z');
    await app.page.getByText('Subtitles 0.1 s earlier').waitFor();
    await expect.poll(shown).toEqual(['Größe, 言葉']);
    for (let press = 0; press < 2; press++) await app.page.keyboard.press('x');
    await expect.poll(shown).toEqual([]);
    await app.page.keyboard.press('z');
    await app.page.getByText('Subtitles on time').waitFor();
  });

  test('are in the language that was chosen last, in the next film too', async () => {
    await open('/placed.webm');
    await untilChosen('English');
    await choose('Off');
    await open('/placed.webm');
    await untilChosen('off');
  });

  test('begin with those for what the sound leaves untranslated, and are exact where a file plays as it is', async () => {
    await open('/direct.mkv');
    expect(await app.page.evaluate(() => document.querySelector('video')?.currentSrc)).toMatch(/\/direct$/);
    await untilChosen('English');
    await expectExactLines('subtitles-mp3-mkv', 0.023);
  });

  test('that are pictures are listed, and cannot be chosen', async () => {
    await open('/pictures.mkv');
    await app.page.keyboard.press('Shift+S');
    await app.page.getByRole('menuitemradio', { name: /PGS.*cannot be shown yet/, disabled: true }).waitFor();
    await app.page.keyboard.press('Escape');
  });
});

describe('a film of three minutes with a line every ten seconds', () => {
  const windows = () =>
    app.page.evaluate(() => {
      const requests = performance.getEntriesByType('resource').map(({ name }) => new URL(name));
      const ours = requests.filter(({ pathname }) => pathname.endsWith('/subtitles/0.vtt'));
      return ours.map(({ searchParams }) => [
        Number(searchParams.get('from')),
        Number(searchParams.get('to')),
      ]);
    });

  test('has its lines loaded from the place that plays on, and those that follow behind them', async () => {
    await forgetRequests(app.page);
    await open('/long.mkv');
    await app.page.keyboard.press('s');
    await untilChosen('Subtitles 1');
    const places = [121.5, 1.5, 131.5, 11.5, 172.5];
    for (const seconds of places) {
      await seekPaused(app.page, seconds);
      await expect.poll(shown).toEqual([`Line ${Math.floor(seconds / 10)}`]);
    }
    const [first, ...asked] = await windows();
    expect(asked).toContainEqual([121.5, 136.5]);
    const ends = [first, ...asked].map((window) => window?.[1]);
    for (const [from = 0, to = 0] of asked) {
      expect([...places, ...ends]).toContain(from);
      expect(to - from).toBeLessThanOrEqual(60);
    }
  });

  test('loses no line to a file that has more than are held at once', async () => {
    await seekPaused(app.page, 1.5);
    const letters = Array.from({ length: 5_000 }, (_, n) => srtCue(n / 100, n / 100 + 0.01, `Letter ${n}`));
    await dropFile(app.page, 'Karaoke.srt', [...letters, srtCue(51, 55, 'Spoken')].join('\n'));
    await untilChosen('Karaoke.srt');
    await expect.poll(held).toBe(4_000);
    await seekPaused(app.page, 52);
    await expect.poll(shown).toEqual(['Spoken']);
  });

  test('shows a screenful of lines, however many are due', async () => {
    const lines = Array.from({ length: 100 }, (_, n) => srtCue(0, 90 + n / 10, `Line ${n}`));
    await dropFile(app.page, 'Crowd.srt', lines.join('\n'));
    await untilChosen('Crowd.srt');
    await expect
      .poll(async () => (await shown()).toSorted())
      .toEqual(Array.from({ length: 12 }, (_, n) => `Line ${n + 88}`));
  });
});

describe('a film that its server has cut', () => {
  test('shows an added file, too', async () => {
    await open('/hls/index.m3u8');
    await dropFile(app.page, 'Lines.srt', ADDED);
    await untilChosen('Lines.srt');
    await seekPaused(app.page, 5);
    await expect.poll(shown).toEqual(['A line of <i>ours</i>,\nand another below it']);
  });
});

describe('a subtitle file', () => {
  test('that is dropped onto the film is shown at once', async () => {
    await open('/bunny.mkv');
    await dropFile(app.page, 'Bunny.de.srt', ADDED);
    await untilChosen('German');
    await expect.poll(shown).toEqual(['A line of <i>ours</i>,\nand another below it']);
    await seekPaused(app.page, 12);
    await screen(app.page, 'subtitles');
    await app.page.mouse.move(500, 300);
    await app.page.locator('media-controller:not([userinactive])').waitFor();
    await screen(app.page, 'subtitles-controls');
  });

  test('that cannot be read says why, and nothing is lost', async () => {
    await dropFile(app.page, 'Letter.srt', 'Dear all');
    await app.page.getByText('Letter.srt was not added. These are no subtitles').waitFor();
    await untilChosen('German');
    await expect.poll(shown).toEqual(['A line of <i>ours</i>,\nand another below it']);
  });

  test('is picked from the menu', async () => {
    await app.page.mouse.move(500, 300);
    await button().click();
    await screen(app.page, 'subtitle-menu');
    const choosing = app.page.waitForEvent('filechooser');
    await app.page.getByRole('menuitem', { name: 'Add a file…' }).click();
    const buffer = Buffer.from(`WEBVTT\n\n00:00.000 --> 00:40.000 line:0\nAbove\n`);
    await (await choosing).setFiles({ name: 'Above.vtt', mimeType: 'text/vtt', buffer });
    await untilChosen('Above.vtt');
    await expect.poll(shown).toEqual(['Above']);
  });

  test('of Japanese writing stands in columns beside one another', async () => {
    const cues = ['First', 'Second'].map((text) => `00:00.000 --> 00:40.000 vertical:rl\n${text}\n`);
    await dropFile(app.page, 'Columns.vtt', `WEBVTT\n\n${cues.join('\n')}`);
    await untilChosen('Columns.vtt');
    await expect.poll(shown).toEqual(['First', 'Second']);
    const [first, second] = await app.page.evaluate(() =>
      [...document.querySelectorAll('[data-line]')].map((text) => {
        const { left, right, top, bottom, width, height } = text.getBoundingClientRect();
        const column = text.parentElement?.getBoundingClientRect();
        return {
          isOnScreen: left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight,
          isUpright: height > width,
          ...{ columnLeft: column?.left, columnRight: column?.right },
        };
      }),
    );
    expect([first, second]).toMatchObject(Array(2).fill({ isOnScreen: true, isUpright: true }));
    expect(second?.columnRight).toBeLessThanOrEqual(first?.columnLeft ?? -1);
    await choose(/Above/);
  });

  test('is there again when the core was not', async () => {
    process.kill(app.corePid(), 'SIGKILL');
    await choose(/German/);
    await expect.poll(shown).toEqual(['A line of <i>ours</i>,\nand another below it']);
    await choose(/Above/);
    await expect.poll(shown).toEqual(['Above']);
  });

  test('without a film says what it needs', async () => {
    await leaveFilm(app.page);
    await dropFile(app.page, 'Alone.srt', 'x');
    await app.page.getByText('Open the film first').waitFor();
  });
});
