import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { film, filmFacts, frameNumberAt } from '../lab/media/index.ts';
import { type Origin, startOrigin } from '../lab/origin/index.ts';
import { frameNumbers } from '../lab/reference.ts';
import { deliveryOf } from './film-delivery.ts';
import { measure } from './measure.ts';
import { NO_FFMPEG, Rig } from './rig.ts';

const FILM = 'bench-gop2-ts';
/** A film of three minutes and 180 MB at a home's line. */
const LINK = { latencyMs: 20, bitsPerSecond: 400_000_000 };
const MEGABYTE = 1024 * 1024;

let rig: Rig;
let origin: Origin;
beforeAll(async () => {
  [rig, origin] = await Promise.all([Rig.start(NO_FFMPEG), startOrigin(LINK)]);
  origin.put('/film.ts', await film(FILM));
}, 300_000);
afterAll(async () => {
  await Promise.all([rig.stop(), origin.close()]);
});

describe('a recording that is resumed', () => {
  it.each([77, 31.3, 4])('has exact playlists where it begins: %s s', async (startTime) => {
    const id = await rig.open(await film('ts-long'), { startTime });
    const { renditions, transport } = await deliveryOf(rig, id);
    for (const { map, segments } of [
      ...renditions.map(({ playlist }) => playlist),
      ...(transport ? [transport] : []),
    ]) {
      let startSeconds = 0;
      const first = segments.find(({ durationSeconds }) => {
        startSeconds += durationSeconds;
        return startSeconds > startTime;
      });
      startSeconds -= first?.durationSeconds ?? 0;
      const bytes = await Promise.all([...(map ? [map] : []), first?.uri ?? ''].map((uri) => rig.bytes(uri)));
      const { streams } = await measure([
        { media: Buffer.concat(bytes), streams: [map?.includes('/a0/') ? 'a:0' : 'v:0'] },
      ]);
      const origin = map ? 0 : 10;
      const begins = Math.min(...(streams[0]?.packets ?? []).map(({ ptsSeconds }) => ptsSeconds));
      // Sound begins with the first of its frames in the segment.
      expect(Math.abs(begins - origin - startSeconds)).toBeLessThan(map?.includes('/a0/') ? 0.022 : 0.001);
    }
    await rig.close(id);
  });
});

describe('a remote recording without an index', () => {
  it('opens with a few small reads, seeks with a few, and shows the frames of the place', async () => {
    const { video } = filmFacts(FILM);
    if (!video) throw new Error('unreachable');
    const id = await rig.open(origin.url('/film.ts'));
    const { renditions, durationSeconds } = await deliveryOf(rig, id);
    await origin.log.idle();
    expect(Math.abs(durationSeconds - 180)).toBeLessThan(0.1);
    expect(origin.log.requests().length).toBeLessThanOrEqual(20);
    expect(origin.log.totalBytes()).toBeLessThan(24 * MEGABYTE);

    const playlist = renditions.find((rendition) => rendition.id === 'v0')?.playlist;
    if (!playlist) throw new Error('no video');
    const init = await rig.bytes(playlist.map ?? '');
    for (const index of [31, 8, 40]) {
      const before = { requests: origin.log.requests().length, bytes: origin.log.totalBytes() };
      const segment = playlist.segments[index];
      if (!segment) throw new Error('no segment');
      const bytes = await rig.bytes(segment.uri);
      await origin.log.idle();
      // Its own bytes, the way to them and the read-ahead of two more.
      expect(origin.log.requests().length - before.requests).toBeLessThanOrEqual(14);
      expect(origin.log.totalBytes() - before.bytes).toBeLessThan(4 * bytes.length + 8 * MEGABYTE);
      const { frames, errors } = await frameNumbers(Buffer.concat([init, bytes]));
      expect(errors).toEqual([]);
      expect(frames.length).toBeGreaterThan(24);
      for (const { ptsSeconds, number } of frames)
        expect(number).toBe(frameNumberAt(video, ptsSeconds + 0.01));
    }
    // What a look that has seen enough leaves in the air.
    expect(origin.log.bytesSentTwice()).toBeLessThan(MEGABYTE / 2);
    await rig.close(id);
  }, 180_000);
});
