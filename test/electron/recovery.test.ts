import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { film, filmFacts, frameNumberAt } from '../lab/media/index.ts';
import { type Origin, startOrigin } from '../lab/origin/index.ts';
import { launchApp, type RunningApp } from './harness.ts';
import { openLink, screen, untilPlaying } from './player.ts';
import { seekPaused } from './seek.ts';

const BANNER = 'is being restarted';

describe('the core is killed while a film plays', () => {
  let app: RunningApp;
  let origin: Origin;

  beforeAll(async () => {
    origin = await startOrigin({ files: { '/film.mkv': await film('gop10-mkv') } });
  });
  afterAll(async () => {
    await origin?.close();
  });

  test.each(['a link', 'a file'])('%s goes on at the same place', async (kind) => {
    const targets = kind === 'a file' ? [await film('gop10-mkv')] : [];
    app = await launchApp({ targets });
    try {
      await app.ready();
      if (kind === 'a link') await openLink(app.page, origin.url('/film.mkv'));
      await untilPlaying(app, 1);
      const killed = await app.page.evaluate(() => {
        const video = document.querySelector('video');
        const gap = { longestMs: 0, last: performance.now() };
        const frame = (now: number) => {
          gap.longestMs = Math.max(gap.longestMs, now - gap.last);
          gap.last = now;
          video?.requestVideoFrameCallback(frame);
        };
        video?.requestVideoFrameCallback(frame);
        Reflect.set(window, 'gap', gap);
        return video?.currentTime ?? -1;
      });
      const first = app.corePid();
      const banner = await watchForBanner(app.page);
      process.kill(first, 'SIGKILL');
      await banner.evaluate(({ seen }) => seen);
      await app.page.getByText(BANNER).waitFor({ state: 'detached' });
      await untilPlaying(app, killed + 2);
      expect(app.corePid()).not.toBe(first);
      const gap = (await app.page.evaluate(() => Reflect.get(window, 'gap'))) as { longestMs: number };
      // From the buffer: the picture does not even stop. (Frames are shown late on a busy machine.)
      expect(gap.longestMs).toBeLessThan(2000);
      // Taking a picture holds the window up, so it is taken of another restart.
      const again = await watchForBanner(app.page);
      process.kill(app.corePid(), 'SIGKILL');
      await again.evaluate(({ seen }) => seen);
      await screen(app.page, 'restarting');
    } finally {
      await app.close();
    }
  });

  test('a seek into what is not buffered, in that very moment, arrives where it was meant to', async () => {
    app = await launchApp();
    try {
      await app.ready();
      origin.link.bitsPerSecond = 2e6;
      await openLink(app.page, origin.url('/film.mkv'));
      await untilPlaying(app);
      process.kill(app.corePid(), 'SIGKILL');
      const { video } = filmFacts('gop10-mkv');
      if (video === null) throw new Error('This film has a picture');
      const { frameNumber } = await seekPaused(app.page, 35.25);
      expect(Math.abs((frameNumber ?? -9) - frameNumberAt(video, 35.25))).toBeLessThanOrEqual(1);
      await app.ready();
    } finally {
      origin.link.bitsPerSecond = Number.POSITIVE_INFINITY;
      await app.close();
    }
  });
});

test('an app whose core does not run can be quit', async () => {
  const app = await launchApp({ env: { RAFFI_LOG: 'chatty' } });
  try {
    await app.page.getByText('RAFFI_LOG is "chatty"').first().waitFor();
    await vi.waitFor(() => expect(() => app.corePid()).toThrow('0 core processes'), { timeout: 10_000 });
    expect(await app.close()).toEqual([]);
  } finally {
    await app.close();
  }
});

/** Begins to look for the banner, in the page itself: a restart is so quick that a test which asks from outside may miss it. */
function watchForBanner(page: Page) {
  return page.evaluateHandle((text) => {
    const seen = new Promise<void>((resolve) => {
      const observer = new MutationObserver(() => {
        if (document.body.textContent?.includes(text) !== true) return;
        observer.disconnect();
        resolve();
      });
      observer.observe(document.body, { subtree: true, childList: true, characterData: true });
    });
    return { seen };
  }, BANNER);
}
