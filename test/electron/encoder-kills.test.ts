import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { film, filmFacts, frameNumberAt } from '../lab/media/index.ts';
import { type Origin, startOrigin } from '../lab/origin/index.ts';
import { encodersOf } from '../support/encoders.ts';
import { killAll } from '../support/processes.ts';
import { randomNumbers } from '../support/random.ts';
import { launchApp, type RunningApp } from './harness.ts';
import { openLink, untilPlaying } from './player.ts';
import { SEEK_SEED, seekPaused, wishFor } from './seek.ts';

const FILM = 'mpeg4-long-mkv';
const KILLS = 10;
/** By then the film plays on, or the window says what it waits for. */
const WORD_MS = 5_000;
/** By then it plays in any case. */
const PLAYS_MS = 30_000;

describe(`encoders that are killed at ${KILLS} random moments (SEEK_SEED=${SEEK_SEED})`, () => {
  let app: RunningApp;
  let origin: Origin;
  const random = randomNumbers(SEEK_SEED);

  beforeAll(async () => {
    origin = await startOrigin({ files: { '/film.mkv': await film(FILM) } });
    app = await launchApp();
    await app.ready();
    await openLink(app.page, origin.url('/film.mkv'));
    await untilPlaying(app);
  });
  afterAll(async () => {
    await app?.close();
    await origin?.close();
  });

  let killed = 0;
  test.each(
    Array.from({ length: KILLS }, (_, n) => ({
      n: n + 1,
      place: 5 + random() * 105,
      afterMs: random() * 900,
    })),
  )('$n: $afterMs ms after a seek to $place s', async ({ place, afterMs }) => {
    await wishFor(app.page, place);
    await delay(afterMs);
    const running = encodersOf(app.pid);
    killAll(running);
    killed += running.length;
    expect(await wordOf(app.page, place, WORD_MS)).not.toBe('nothing');
    expect(await wordOf(app.page, place, PLAYS_MS, ['plays'])).toBe('plays');
    expect(await app.page.locator('[role=alert]').count()).toBe(0);
  });

  test('there were encoders to kill, and the picture is still that of the clock', async () => {
    expect(killed).toBeGreaterThan(KILLS / 2);
    const { video } = filmFacts(FILM);
    if (video === null) throw new Error('This film has a picture');
    const { frameNumber } = await seekPaused(app.page, 61.48);
    expect(Math.abs((frameNumber ?? -9) - frameNumberAt(video, 61.48))).toBeLessThanOrEqual(1);
  });
});

type Word = 'plays' | 'says' | 'nothing';

/** What a viewer sees first: the picture moving beyond a place, or a word on what is waited for; nothing, when the time is over. */
async function wordOf(
  page: Page,
  place: number,
  boundMs: number,
  wanted: readonly Word[] = ['plays', 'says'],
): Promise<Word> {
  return page.evaluate(
    async ({ place, boundMs, wanted }) => {
      const video = document.querySelector('video');
      const giveUpAt = performance.now() + boundMs;
      while (performance.now() < giveUpAt) {
        await new Promise(requestAnimationFrame);
        const plays = video !== null && !video.seeking && !video.paused && video.currentTime > place + 0.2;
        if (plays && wanted.includes('plays')) return 'plays';
        const says = document.querySelector('[role=alert], .stage[role=status]')?.textContent?.trim() ?? '';
        if (says !== '' && wanted.includes('says')) return 'says';
      }
      return 'nothing';
    },
    { place, boundMs, wanted },
  );
}
