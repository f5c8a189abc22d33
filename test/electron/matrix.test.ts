import { afterAll, beforeAll, describe, type ExpectStatic, test } from 'vitest';
import { referenceSamples } from '../lab/beeps.ts';
import { film, filmFacts, films, flashAndBeepOf, MATRIX_NAMES, type MatrixName } from '../lab/media/index.ts';
import { type Origin, startOrigin } from '../lab/origin/index.ts';
import { randomNumbers } from '../support/random.ts';
import { type Judgement, judge } from './flash-and-beep.ts';
import { launchApp, type RunningApp } from './harness.ts';
import { openLink, untilPlaying } from './player.ts';
import { allowRecording, record } from './record.ts';
import { SEEK_SEED } from './seek.ts';

/** So long a stretch holds a whole flash and a whole beep, wherever it begins. */
const STRETCH = { seconds: 1.3, boundMs: 40_000 };
/** A machine that is busy with something else may falter: then the next stretch is taken. */
const STRETCHES = 3;
/** Seeks go to places in here: there are so many stretches before the film's end. */
const PLACES = { from: 2, to: 6.5 };
/** Two windows play side by side: what a film is waited for is not for want of a processor. */
const WINDOWS = 2;
/** A film waits for one of them, too. */
const TIMEOUT_MS = 400_000;

/** Windows that are free, and who waits for one. */
const free: RunningApp[] = [];
const waiting: ((app: RunningApp) => void)[] = [];
const all: RunningApp[] = [];
let origin: Origin;

beforeAll(async () => {
  const made = await films(MATRIX_NAMES);
  origin = await startOrigin({
    files: Object.fromEntries([...made].map(([name, path]) => [`/${name}`, path])),
  });
  for (let n = 0; n < WINDOWS; n++) {
    const app = await launchApp();
    all.push(app);
    await app.ready();
    await allowRecording(app.page);
    await app.ready();
    free.push(app);
  }
});
afterAll(async () => {
  await Promise.all(all.map((app) => app.close()));
  await origin?.close();
});

describe('anything plays: every picture at its time, every channel as loud as it is, and both together', () => {
  const places = randomNumbers(SEEK_SEED);
  const cases = MATRIX_NAMES.map((name) => ({
    name,
    place: PLACES.from + places() * (PLACES.to - PLACES.from),
  }));

  test.concurrent.for(cases)('$name', { timeout: TIMEOUT_MS }, async ({ name, place }, { expect }) => {
    await inWindow(async (app) => {
      await openLink(app.page, origin.url(`/${name}`));
      await untilPlaying(app, 0);
      expectFlashAndBeep(expect, name, await judged(app, name), 'from its beginning');
      await seek(app, place);
      const where = `from ${place} s (SEEK_SEED=${SEEK_SEED})`;
      expectFlashAndBeep(expect, name, await judged(app, name), where);
      expect(await app.page.locator('[role=alert]').count()).toBe(0);
    });
  });
});

/** What plays from now on, judged by a stretch of it with a whole flash and a whole beep. */
async function judged({ page }: RunningApp, name: MatrixName): Promise<Judgement> {
  const { video } = filmFacts(name);
  if (video === null) throw new Error('This film has a picture');
  for (let left = STRETCHES; ; left--) {
    const recording = await record(page, STRETCH);
    const { length } = recording.channels;
    const reference = await referenceSamples(await film(name), length, recording.sampleRate);
    const judgement = judge(recording, { ...flashAndBeepOf(name), video }, reference);
    const isWhole = Number.isFinite(judgement.flashLate) && Number.isFinite(judgement.beepLate);
    if (isWhole || left === 1) return judgement;
  }
}

/** @param expect of the test itself: several run side by side */
function expectFlashAndBeep(expect: ExpectStatic, name: MatrixName, found: Judgement, where: string): void {
  expect.soft(found.wrongFrames, `pictures ${where}`).toEqual([]);
  expect.soft(found.frames, `pictures ${where}`).toBeGreaterThan(0);
  expect.soft(Math.abs(found.flashLate - found.beepLate), `A/V offset ${where}`).toBeLessThan(0.04);
  for (const channel of flashAndBeepOf(name).channels)
    expect.soft(Math.abs(found.decibels[channel] ?? Number.NaN), `${channel} ${where}`).toBeLessThan(1);
}

async function seek({ page }: RunningApp, seconds: number): Promise<void> {
  await page.evaluate(
    (target) =>
      new Promise<void>((resolve, reject) => {
        const video = document.querySelector('video');
        if (video === null) throw new Error('There is no player');
        const bound = setTimeout(() => reject(new Error(`No picture at ${target} s`)), 30_000);
        video.addEventListener(
          'seeked',
          () =>
            video.requestVideoFrameCallback(() => {
              clearTimeout(bound);
              resolve();
            }),
          { once: true },
        );
        video.currentTime = target;
      }),
    seconds,
  );
}

/** Takes a window for a film, and leaves it as it was found. */
async function inWindow(use: (app: RunningApp) => Promise<void>): Promise<void> {
  const app = free.pop() ?? (await new Promise<RunningApp>((resolve) => waiting.push(resolve)));
  try {
    await use(app);
  } finally {
    await app.page
      .getByRole('button', { name: /^Open another/ })
      .first()
      .click();
    await app.page.waitForSelector('#link');
    const next = waiting.shift();
    if (next) next(app);
    else free.push(app);
  }
}
