import { stat } from 'node:fs/promises';
import type { Request } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { film } from '../lab/media/index.ts';
import { type Origin, startOrigin } from '../lab/origin/index.ts';
import { launchApp, type RunningApp } from './harness.ts';
import { countJumps, leaveFilm, openLink, untilPlaying } from './player.ts';

/** Four groups of pictures, of ten seconds each: so long are the segments. */
const FILM = 'gop10-mkv';

describe('a segment of which a part is there', () => {
  let app: RunningApp;
  let origin: Origin;
  let halfSegmentBytes: number;

  beforeAll(async () => {
    const file = await film(FILM);
    halfSegmentBytes = Math.floor((await stat(file)).size / 8);
    origin = await startOrigin({ files: { '/film.mkv': file } });
    app = await launchApp();
    await app.ready();
  });
  afterAll(async () => {
    await app?.close();
    await origin?.close();
  });
  afterEach(async () => {
    await leaveFilm(app.page);
  });

  /** Opens the film, whose bytes end in the middle of the first segment, and waits until it plays. */
  async function openHalf(): Promise<void> {
    origin.setFaults('/film.mkv', { stall: { afterBytes: halfSegmentBytes } });
    await openLink(app.page, origin.url('/film.mkv'));
    await untilPlaying(app, 1);
  }

  function release(): void {
    origin.setFaults('/film.mkv', null);
    origin.dropConnections();
  }

  /** How the request for the first segment of the picture fails. */
  async function failure(): Promise<string | undefined> {
    const isFirst = (request: Request) => request.url().endsWith('/hls/v0/0.m4s');
    const request = await app.page.waitForEvent('requestfailed', { predicate: isFirst, timeout: 60_000 });
    return request.failure()?.errorText;
  }

  test('plays; when the rest does not come it breaks off, and is asked for again', async () => {
    const failed = failure();
    await openHalf();
    const jumps = await countJumps(app.page);
    expect(await failed).toBe('net::ERR_INCOMPLETE_CHUNKED_ENCODING');
    release();
    await untilPlaying(app, 12);
    expect(await jumps.evaluate(({ count }) => count)).toBe(0);
  });

  test('is no longer asked for after a seek', async () => {
    await openHalf();
    const failed = failure();
    await app.page.keyboard.press('9');
    expect(await failed).toBe('net::ERR_ABORTED');
    release();
    await untilPlaying(app, 36.5);
  });
});
