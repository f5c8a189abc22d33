import { M3U8Parser } from 'hls.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FilmName, film } from '../lab/media/index.ts';
import { type Origin, startOrigin } from '../lab/origin/index.ts';
import { type Delivery, deliveryOf, fetchAll, hashes, shuffled } from './film-delivery.ts';
import { fragmentTimes } from './fragment-times.ts';
import { measure } from './measure.ts';
import { expectSoundDurations, type MediaPlaylist, readMediaPlaylist } from './playlists.ts';
import { problemOf, Rig } from './rig.ts';
import { hasPreRoll, pictureStream } from './what-to-expect.ts';

/** Each container, each codec, each way a key frame may lie in a film. */
const FILMS: FilmName[] = [
  'gop2-mkv',
  'gop2-mp4',
  'gop10-mkv',
  'open-gop-mkv',
  'open-gop-mp4',
  'irregular-gop-mkv',
  'fragmented-sidx',
  'fragmented-mfra',
  'mkv-cues-partial',
  'cover-first-mp4',
  'vfr-mp4',
  'audio-longer-mkv',
  'edit-list-mp4',
  'negative-start-mkv',
  'hevc-aac-mkv',
  'vp9-opus-webm',
  'av1-opus-mp4',
];
/** A container's milliseconds, against our ticks. */
const ROUNDING_SECONDS = 0.0021;

let rig: Rig;
let other: Rig;
let origin: Origin;
beforeAll(async () => {
  [rig, other, origin] = await Promise.all([Rig.start(), Rig.start(), startOrigin()]);
});
afterAll(async () => {
  await Promise.all([rig.stop(), other.stop(), origin.close()]);
});

/** The I-frame playlist that a delivery's multivariant playlist names. */
async function iFramesOf(from: Rig, { master }: Delivery): Promise<MediaPlaylist> {
  return readMediaPlaylist(await from.text(master.iFrames[0]?.uri ?? ''));
}

const urisOf = ({ segments }: MediaPlaylist) => segments.map(({ uri }) => uri);

describe.each(FILMS)('%s', (name) => {
  let delivery: Delivery;
  let video: MediaPlaylist;
  let iFrames: MediaPlaylist;
  let init: Uint8Array;
  let fetched: Map<string, Uint8Array>;
  beforeAll(async () => {
    delivery = await deliveryOf(rig, await rig.open(await film(name)));
    iFrames = await iFramesOf(rig, delivery);
    const { renditions } = delivery;
    video = renditions.find(({ id }) => id === 'v0')?.playlist ?? expect.fail('There is no video');
    init = await rig.bytes(video.map ?? '');
    fetched = await fetchAll(rig, urisOf(iFrames));
  });
  afterAll(() => rig.close(delivery.sessionId));

  it('has one I-frame for each segment of its video, described like that', () => {
    const [variant] = delivery.master.variants;
    const [described, ...more] = delivery.master.iFrames;
    expect(more).toEqual([]);
    expect(described?.codecs).toBe(variant?.codecs.split(',')[0]);
    expect(described?.resolution).toEqual(variant?.resolution);
    expect(described?.videoRange).toBe(variant?.videoRange);
    expect(iFrames.iFramesOnly).toBe(true);
    expect(iFrames.map).toBe(video.map);
    const durations = video.segments.map(({ durationSeconds }) => durationSeconds);
    expect(iFrames.segments.map(({ durationSeconds }) => durationSeconds)).toEqual(durations);
    expectSoundDurations(
      iFrames,
      durations.reduce((sum, duration) => sum + duration, 0),
    );
    const peak = iFrames.segments.map(
      ({ uri, durationSeconds }) => ((fetched.get(uri)?.length ?? 0) * 8) / durationSeconds,
    );
    expect(described?.bandwidth).toBeGreaterThanOrEqual(Math.max(...peak));
  });

  it('has I-frames that decode alone to the picture of that time', async () => {
    const subjects = urisOf(iFrames).map((uri) => ({
      media: Buffer.concat([init, fetched.get(uri) ?? new Uint8Array(0)]),
      streams: ['v:0'],
    }));
    const source = { media: await film(name), streams: [pictureStream(name)] };
    const { errors, streams } = await measure([source, ...subjects]);
    expect(errors).toEqual([]);
    const [whole, ...alone] = streams;
    const originSeconds = whole?.frames[0]?.ptsSeconds ?? Number.NaN;
    let startSeconds = 0;
    for (const [index, { frames, packets }] of alone.entries()) {
      expect([frames.length, packets.length], `frames of ${index}`).toEqual([1, 1]);
      const [frame] = frames;
      const time = frame?.ptsSeconds ?? Number.NaN;
      expect(Math.abs(time - startSeconds), `time of ${index}`).toBeLessThan(ROUNDING_SECONDS);
      const shown = whole?.frames.find(
        ({ ptsSeconds }) => Math.abs(ptsSeconds - originSeconds - time) < ROUNDING_SECONDS,
      );
      // Where an edit list hides a film's first pictures, the key frame is one of those.
      if (index > 0 || !hasPreRoll(name)) expect(frame?.md5, `picture ${index}`).toBe(shown?.md5);
      startSeconds += iFrames.segments[index]?.durationSeconds ?? Number.NaN;
    }
  });

  it('shows each I-frame until the next', () => {
    const times = urisOf(iFrames).map((uri) => fragmentTimes(init, fetched.get(uri) ?? new Uint8Array(0)));
    let startSeconds = 0;
    for (const [index, time] of times.entries()) {
      expect(Math.abs(time.startSeconds - startSeconds)).toBeLessThan(ROUNDING_SECONDS);
      startSeconds += iFrames.segments[index]?.durationSeconds ?? Number.NaN;
      expect(Math.abs(time.endSeconds - startSeconds)).toBeLessThan(ROUNDING_SECONDS);
    }
  });

  it('has the same bytes warm, out of produced segments, and from an origin in any order', async () => {
    const known = hashes(fetched);
    expect(hashes(await fetchAll(rig, urisOf(iFrames)))).toEqual(known);
    await fetchAll(rig, urisOf(video));
    expect(hashes(await fetchAll(rig, urisOf(iFrames)))).toEqual(known);
    origin.put(`/${name}`, await film(name));
    const remote = await deliveryOf(other, await other.open(origin.url(`/${name}`)));
    const uris = shuffled(urisOf(await iFramesOf(other, remote)), 3);
    expect(hashes(await fetchAll(other, uris))).toEqual(known);
    await other.close(remote.sessionId);
  });
});

describe.each(['bench-gop2-mkv', 'bench-gop2-mp4'] as const)('scrubbing through %s', (name) => {
  it('reads little more than the key frames, nothing ahead, nothing twice, and is no seek', async () => {
    origin.put(`/${name}`, await film(name));
    const id = await rig.open(origin.url(`/${name}`));
    const uris = urisOf(await iFramesOf(rig, await deliveryOf(rig, id)));
    await origin.log.idle();
    const opening = origin.log.requests().length;
    const before = origin.log.totalBytes();
    const scrubbed = uris.filter((_, index) => index % 4 === 3);
    for (const uri of scrubbed) await rig.bytes(uri);
    await origin.log.idle();
    // A segment of these films is 4 MB, of which the key frame is a third of a megabyte.
    expect((origin.log.totalBytes() - before) / scrubbed.length).toBeLessThan(1024 * 1024);
    expect(
      origin.log
        .requests()
        .slice(opening)
        .filter(({ aborted }) => aborted),
    ).toEqual([]);
    const { sessions } = JSON.parse(await rig.text('/stats'));
    const stats = sessions.find((session: { id: string }) => session.id === id);
    expect(stats.lastSeeks).toEqual([]);
    expect(stats.segments.produced).toBe(0);
    // The film itself then fetches the rest of what it needs.
    for (const uri of scrubbed) await rig.bytes(uri.replace(/i(\d+\.m4s)$/, '$1'));
    await rig.close(id);
    await origin.log.idle();
    expect(origin.log.bytesSentTwice()).toBe(0);
    expect(origin.log.requestedTwice()).toBe(0);
  }, 120_000);
});

it('films without pictures have no I-frames', async () => {
  const id = await rig.open(await film('audio-only-m4a'));
  const { master } = await deliveryOf(rig, id);
  expect(master.iFrames).toEqual([]);
  for (const asset of ['v0/iframes.m3u8', 'v0/i0.m4s', 'a0/iframes.m3u8', 'a0/i0.m4s']) {
    const answer = await rig.get(`/sessions/${id}/hls/${asset}`);
    expect([answer.status, problemOf(answer).code]).toEqual([404, 'segment_not_found']);
  }
  await rig.close(id);
});

it('hls.js takes them for I-frames, not for a level', async () => {
  const id = await rig.open(await film('two-audio-mkv'));
  const text = await rig.text(`/sessions/${id}/master.m3u8`);
  const parsed = M3U8Parser.parseMasterPlaylist(text, rig.baseUrl);
  expect(parsed.playlistParsingError).toBeNull();
  expect(parsed.levels.map(({ url }) => url)).toEqual([`${rig.baseUrl}/sessions/${id}/hls/v0/playlist.m3u8`]);
  expect(parsed.iframeVariants.map(({ url }) => url)).toEqual([
    `${rig.baseUrl}/sessions/${id}/hls/v0/iframes.m3u8`,
  ]);
  await rig.close(id);
});
