import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FILM_NAMES, type FilmName, film, filmFacts, frameNumberAt, realClip } from '../lab/media/index.ts';
import { frameNumbers } from '../lab/reference.ts';
import { expectSameFrames } from './continuity.ts';
import { type Delivery, deliveryOf, fetchAll, hashes, shuffled, urisOf } from './film-delivery.ts';
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
  /** Segments that lie wholly before the damage. */
  const whole: Partial<Record<FilmName, number>> = {
    'truncated-mkv': 2,
    'truncated-mp4': 2,
    'garbage-mkv': 1,
    'garbage-mp4': 1,
  };

  it.each(Object.keys(whole) as FilmName[])(
    '%s: plays where it is whole, and never fails silently',
    async (name) => {
      const id = await rig.open(await film(name));
      const delivery = await deliveryOf(rig, id);
      const video = delivery.renditions.find((rendition) => rendition.id === 'v0');
      if (!video || !delivery.transport) throw new Error('no video');
      const init = await rig.bytes(video.playlist.map ?? '');
      const source = await measure([{ media: await film(name), streams: ['v:0'] }]);
      const frames: { ptsSeconds: number; md5: string }[] = [];
      for (const [index, { uri }] of video.playlist.segments.entries()) {
        const answers = await Promise.all(
          [uri, delivery.transport.segments[index]?.uri ?? uri].map((at) => rig.get(at)),
        );
        for (const answer of answers) {
          if (answer.status === 200) expect(answer.bytes.length).toBeGreaterThan(0);
          else expect(problemOf(answer)).toMatchObject({ code: 'media_damaged' });
        }
        const [cmaf, transport] = answers;
        if (index >= (whole[name] ?? 0) || !cmaf || !transport) continue;
        const found = await measure([
          { media: Buffer.concat([init, cmaf.bytes]), streams: ['v:0'] },
          { media: transport.bytes, streams: ['v:0'] },
        ]);
        expect(found.errors).toEqual([]);
        const [video, inTransport] = found.streams;
        expect(inTransport?.frames.map(({ md5 }) => md5)).toEqual(video?.frames.map(({ md5 }) => md5));
        frames.push(...(video?.frames ?? []));
      }
      expectSameFrames(frames, onFilmClock(source.streams[0]?.frames ?? []).slice(0, frames.length), 0);
      await rig.close(id);
    },
  );
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
