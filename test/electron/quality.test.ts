import { afterAll, beforeAll, expect, test } from 'vitest';
import { film, filmFacts, frameNumberAt } from '../lab/media/index.ts';
import { type Origin, startOrigin } from '../lab/origin/index.ts';
import { launchApp, type RunningApp } from './harness.ts';
import { countJumps, openLink, requestedFragments, screen, untilPlaying } from './player.ts';
import { seekPaused } from './seek.ts';

const FILM = 'large-mkv';

let app: RunningApp;
let origin: Origin;
beforeAll(async () => {
  origin = await startOrigin({ files: { '/film.mkv': await film(FILM) } });
  app = await launchApp();
  await app.ready();
});
afterAll(async () => {
  await app?.close();
  await origin?.close();
});

/** Notes the film time and the width of every picture on screen from now on. */
function watchPictures() {
  return app.page.evaluateHandle(() => {
    const seen: { mediaTime: number; width: number }[] = [];
    const video = document.querySelector('video');
    if (video === null) throw new Error('There is no player');
    const note = (_now: number, { mediaTime, width }: VideoFrameCallbackMetadata) => {
      seen.push({ mediaTime, width });
      video.requestVideoFrameCallback(note);
    };
    video.requestVideoFrameCallback(note);
    return seen;
  });
}

test('another quality goes on at the same place, picture by picture', async () => {
  const { video } = filmFacts(FILM);
  if (video === null) throw new Error('This film has a picture');
  await openLink(app.page, origin.url('/film.mkv'));
  await untilPlaying(app);
  const jumps = await countJumps(app.page);
  const pictures = await watchPictures();
  await app.page.getByRole('button', { name: 'Quality: Auto · Original' }).click();
  await screen(app.page, 'quality-menu');
  await app.page.getByRole('menuitemradio', { name: '480p' }).click();
  await app.page.getByRole('button', { name: 'Quality: 480p' }).waitFor();
  await untilPlaying(app, 13);

  expect(await jumps.evaluate(({ count }) => count)).toBe(0);
  const seen = await pictures.evaluate((list) => list);
  const widths = seen.map(({ width }) => width);
  const [from, to] = [widths[0], widths.at(-1)];
  expect([from, to]).toEqual([1280, 640]);
  // One switch, and time goes on over it: a busy machine drops frames, but never whole stretches of film.
  expect(widths.toSorted((a, b) => b - a)).toEqual(widths);
  const steps = seen.slice(1).map(({ mediaTime }, at) => mediaTime - (seen[at]?.mediaTime ?? 0));
  expect(Math.min(...steps)).toBeGreaterThan(0);
  expect(await requestedFragments(app.page, 'v720')).toEqual([]);

  // On both sides of the cut lies the film's own picture.
  const cut = seen.find(({ width }) => width === to)?.mediaTime ?? Number.NaN;
  for (const frames of [-2.5, -1.5, 0.5, 1.5]) {
    const seconds = cut + frames / 24;
    const { frameNumber } = await seekPaused(app.page, seconds);
    expect(Math.abs((frameNumber ?? -9) - frameNumberAt(video, seconds))).toBeLessThanOrEqual(1);
  }
});
