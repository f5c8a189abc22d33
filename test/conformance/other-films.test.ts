import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FILM_NAMES, type FilmName, film, filmFacts, frameNumberAt, realClip } from '../lab/media/index.ts';
import { frameNumbers } from '../lab/reference.ts';
import { expectFragmentsJoin, expectSameFrames } from './continuity.ts';
import { type Delivery, deliveryOf, fetchAll, hashes, shuffled, urisOf } from './film-delivery.ts';
import { fragmentTimes } from './fragment-times.ts';
import { type MeasuredFrame, measure } from './measure.ts';
import { expectSoundDurations } from './playlists.ts';
import { problemOf, Rig } from './rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start();
});
afterAll(() => rig.stop());

/** What the playlists of a film that cannot be delivered answer, and what its session says of it. */
async function refusalOf(name: FilmName) {
  const id = await rig.open(await film(name));
  const view = await rig.view(id);
  const [master, stream] = await Promise.all(
    ['master.m3u8', 'stream'].map((what) => rig.get(`/sessions/${id}/${what}`)),
  );
  await rig.close(id);
  if (!master || !stream) throw new Error('unreachable');
  expect(master.headers.get('content-type')).toContain('application/problem+json');
  expect(problemOf(master).code).toBe(problemOf(stream).code);
  expect(problemOf(master).detail.length).toBeGreaterThan(20);
  return { view, problem: problemOf(master) };
}

describe('films that this version cannot deliver', () => {
  it.each(FILM_NAMES.filter((name) => filmFacts(name).health === 'not-media'))(
    '%s: not_media',
    async (name) => {
      const { view, problem } = await refusalOf(name);
      expect(problem).toMatchObject({ status: 422, code: 'not_media' });
      expect(view.error?.code).toBe('not_media');
    },
  );

  it('an MP4 that lost its moov: media_damaged', async () => {
    expect((await refusalOf('truncated-no-moov-mp4')).problem).toMatchObject({
      status: 422,
      code: 'media_damaged',
    });
  });
});

describe('damaged films', () => {
  /** How much of each is still to be seen, at least, of 480 pictures. */
  const seen: Partial<Record<FilmName, number>> = {
    'truncated-mkv': 240,
    'truncated-mp4': 240,
    'truncated-ts': 240,
    'garbage-mkv': 340,
    'garbage-mp4': 340,
    'garbage-ts': 340,
    'zeros-mkv': 190,
    'zeros-mp4': 190,
    'zeros-ts': 190,
  };

  it.each(Object.keys(seen) as FilmName[])(
    '%s: plays over its damage, and shows every picture that is whole at its time',
    async (name) => {
      const facts = filmFacts(name).video;
      const id = await rig.open(await film(name));
      const fetched = await fetchAll(rig, urisOf(await deliveryOf(rig, id)));
      const { renditions, transport } = await deliveryOf(rig, id);
      const video = renditions.find((rendition) => rendition.id === 'v0')?.playlist;
      if (!video || !transport || !facts) throw new Error('no video');
      const bytesOf = (uri: string | null) => fetched.get(uri ?? '') ?? new Uint8Array(0);
      const init = bytesOf(video.map);

      // No hole in the picture, whole film long: each segment begins where the one before ends.
      const times = video.segments.map(({ uri }) => fragmentTimes(init, bytesOf(uri)));
      expectFragmentsJoin(times, 0.1);
      const durationSeconds = video.segments.reduce((sum, segment) => sum + segment.durationSeconds, 0);
      expect(Math.abs((times.at(-1)?.endSeconds ?? 0) - durationSeconds)).toBeLessThan(0.1);

      for (const [joined, originSeconds] of [
        [Buffer.concat([init, ...video.segments.map(({ uri }) => bytesOf(uri))]), 0],
        [Buffer.concat(transport.segments.map(({ uri }) => bytesOf(uri))), 10],
      ] as const) {
        const { frames } = await frameNumbers(joined);
        const right = frames.filter(
          ({ ptsSeconds, number }) => number === frameNumberAt(facts, ptsSeconds - originSeconds + 0.01),
        );
        expect(new Set(right.map(({ number }) => number)).size).toBeGreaterThanOrEqual(seen[name] ?? 480);
        // Held pictures, and at most a few that nobody can tell are wrong.
        expect(frames.length - right.length).toBeLessThan(12);
      }
      const isShort = name.startsWith('truncated');
      const { damage } = await rig.view(id);
      if (!isShort) expect(damage?.seconds).toBeGreaterThan(name.startsWith('garbage') ? 0 : 1);
      await rig.close(id);
    },
  );

  it('zeros-mpeg4-mkv: an encoder, too, goes on behind the damage', async () => {
    const id = await rig.open(await film('zeros-mpeg4-mkv'));
    const delivery = await deliveryOf(rig, id);
    const fetched = await fetchAll(rig, shuffled(urisOf(delivery), 5), { patient: true });
    const video = delivery.renditions.find((rendition) => rendition.id === 'v0')?.playlist;
    const facts = filmFacts('zeros-mpeg4-mkv').video;
    if (!video || !facts) throw new Error('no video');
    const uris = [video.map ?? '', ...video.segments.map(({ uri }) => uri)];
    const { frames } = await frameNumbers(
      Buffer.concat(uris.map((uri) => fetched.get(uri) ?? new Uint8Array(0))),
    );
    const right = frames.filter(
      ({ ptsSeconds, number }) => number === frameNumberAt(facts, ptsSeconds + 0.01),
    );
    expect(new Set(right.map(({ number }) => number)).size).toBeGreaterThan(250);
    expect(Math.max(...right.map(({ ptsSeconds }) => ptsSeconds))).toBeGreaterThan(19.5);
    await rig.close(id);
  });
});

describe('a day', () => {
  it.each(['day-long-mkv', 'day-long-mp4'] as const)('%s: whole seek bar, any place exact', async (name) => {
    const facts = filmFacts(name);
    const id = await rig.open(await film(name));
    const delivery = await deliveryOf(rig, id);
    expect(Math.abs(delivery.durationSeconds - 86_400)).toBeLessThan(0.1);
    const video = delivery.renditions.find((rendition) => rendition.id === 'v0')?.playlist;
    if (!video || !facts.video) throw new Error('no video');
    expectSoundDurations(
      video,
      video.segments.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0),
    );
    expect(video.segments.length).toBeGreaterThan(14_000);
    const init = await rig.bytes(video.map ?? '');
    let startSeconds = 0;
    for (const [index, segment] of video.segments.entries()) {
      const isSample = index % 3000 === 7 || index >= video.segments.length - 1 || index === 0;
      if (isSample) {
        const { frames, errors } = await frameNumbers(Buffer.concat([init, await rig.bytes(segment.uri)]));
        expect(errors).toEqual([]);
        expect(frames).toHaveLength(Math.round(segment.durationSeconds));
        for (const { ptsSeconds, number } of frames)
          expect(number).toBe(frameNumberAt(facts.video, ptsSeconds + 0.01));
        expect(Math.abs((frames[0]?.ptsSeconds ?? 0) - startSeconds)).toBeLessThan(0.002);
      }
      startSeconds += segment.durationSeconds;
    }
    await rig.close(id);
  });
});

describe('the real clip', () => {
  it.each(['mp4', 'mkv'] as const)(
    '%s: the source, picture by picture, the same bytes in any order',
    async (container) => {
      const path = await realClip(container);
      const id = await rig.open(path);
      const delivery: Delivery = await deliveryOf(rig, id);
      const fetched = await fetchAll(rig, urisOf(delivery));
      const again = await deliveryOf(rig, await rig.open(path));
      expect(hashes(await fetchAll(rig, shuffled(urisOf(again), 3)))).toEqual(hashes(fetched));
      const video = delivery.renditions.find((rendition) => rendition.id === 'v0')?.playlist;
      const uris = [video?.map ?? '', ...(video?.segments ?? []).map(({ uri }) => uri)];
      const joined = Buffer.concat(uris.map((uri) => fetched.get(uri) ?? new Uint8Array(0)));
      const subjects = [path, joined].map((media) => ({ media, streams: ['v:0'] }));
      const { errors, streams } = await measure(subjects, { scale: '320:180' });
      expect(errors).toEqual([]);
      expectSameFrames(streams[1]?.frames ?? [], onFilmClock(streams[0]?.frames ?? []), 0);
    },
    180_000,
  );
});

function onFilmClock(frames: readonly MeasuredFrame[]): MeasuredFrame[] {
  const originSeconds = frames[0]?.ptsSeconds ?? 0;
  return frames.map((frame) => ({ ...frame, ptsSeconds: frame.ptsSeconds - originSeconds }));
}
