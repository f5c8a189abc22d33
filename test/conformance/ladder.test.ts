import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SessionRequest } from '../../src/session/types.ts';
import { film, filmFacts, frameNumberAt, frameTime } from '../lab/media/index.ts';
import { frameNumbers, type NumberedFrame } from '../lab/reference.ts';
import { randomNumbers } from '../support/random.ts';
import { type Delivery, deliveryOf, fetchAll, type Rendition, shuffled, urisOf } from './film-delivery.ts';
import { fragmentTimes } from './fragment-times.ts';
import { EVERYTHING, Rig } from './rig.ts';

const FILM = 'large-mkv';
/** A player that shows everything but H.264 of more than level 3: the picture is encoded, and smaller. */
const LOW_LEVEL = { ...EVERYTHING, video: ['avc1.64001F'] };

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start();
});
afterAll(() => rig.stop());

it('is not offered where the picture is copied and nobody asked', async () => {
  const { master, sessionId } = await deliveryOf(rig, await rig.open(await film(FILM)));
  expect(master.variants).toHaveLength(1);
  await rig.close(sessionId);
});

it.each(['v1080', 'v0720', 'v9999', 'v1'])('a rung that is not there is not found: %s', async (rendition) => {
  const id = await rig.open(await film(FILM), { ladder: true });
  expect((await rig.get(`/sessions/${id}/hls/${rendition}/playlist.m3u8`)).status).toBe(404);
  await rig.close(id);
});

describe.each<[string, Partial<SessionRequest>, string[], [number, number][]]>([
  [
    'copied, and smaller ones were asked for',
    { ladder: true },
    ['v0', 'v720', 'v480'],
    [
      [1280, 960],
      [960, 720],
      [640, 480],
    ],
  ],
  [
    'encoded',
    { capabilities: LOW_LEVEL },
    ['v0', 'v480'],
    [
      [960, 720],
      [640, 480],
    ],
  ],
])('a picture that is %s', (_, request, names, sizes) => {
  const { video } = filmFacts(FILM);
  if (!video) throw new Error('no video');
  let delivery: Delivery;
  let pictures: Rendition[];
  let fetched: Map<string, Uint8Array>;
  /** By rung and segment, decoded with nothing but its own init segment. */
  let shown: NumberedFrame[][][];

  beforeAll(async () => {
    delivery = await deliveryOf(rig, await rig.open(await film(FILM), request));
    pictures = delivery.renditions.filter(({ id }) => id.startsWith('v'));
    const uris = urisOf({ ...delivery, transport: null });
    fetched = await fetchAll(rig, shuffled(uris, 3), { patient: true });
    shown = await Promise.all(
      pictures.map(({ playlist }) =>
        Promise.all(
          playlist.segments.map(async ({ uri }) => {
            const { frames, errors } = await frameNumbers(Buffer.concat([bytes(playlist.map), bytes(uri)]));
            expect(errors).toEqual([]);
            return frames;
          }),
        ),
      ),
    );
  });
  afterAll(() => rig.close(delivery.sessionId));

  const bytes = (uri: string | null) => fetched.get(uri ?? '') ?? new Uint8Array(0);

  it('is the first variant, the rungs follow it, and all share their sound', () => {
    const { variants } = delivery.master;
    expect(pictures.map(({ id }) => id)).toEqual(names);
    expect(variants.map(({ resolution }) => [resolution?.width, resolution?.height])).toEqual(sizes);
    expect(delivery.renditions.filter(({ id }) => id.startsWith('a'))).toHaveLength(1);
    for (const { codecs } of variants) expect(codecs).toMatch(/^avc1\.64.{4},mp4a\.40\.2$/);
  });

  it('has rungs that are cut at the very same times', () => {
    const [first, ...others] = pictures;
    const durations = first?.playlist.segments.map(({ durationSeconds }) => durationSeconds);
    const half = frameTime(video, 1) / 2;
    for (const { playlist } of others) {
      expect(playlist.segments.map(({ durationSeconds }) => durationSeconds)).toEqual(durations);
      for (const [index, { uri }] of playlist.segments.entries()) {
        const mine = fragmentTimes(bytes(playlist.map), bytes(uri));
        const top = fragmentTimes(
          bytes(first?.playlist.map ?? ''),
          bytes(first?.playlist.segments[index]?.uri ?? ''),
        );
        const between = mine.endSeconds - mine.startSeconds - (top.endSeconds - top.startSeconds);
        expect(Math.abs(between), `length of ${uri}`).toBeLessThan(half);
      }
    }
  });

  it.each([1, 2, 3, 4, 5])('goes on picture by picture, whichever rung each segment is of (%i)', (seed) => {
    const random = randomNumbers(seed);
    const played = (shown[0] ?? []).flatMap(
      (_, index) => shown[Math.floor(random() * shown.length)]?.[index] ?? [],
    );
    expect(played).toHaveLength(video.frames);
    const half = frameTime(video, 1) / 2;
    const wrong = played.filter(({ ptsSeconds, number }, index) => {
      const time = frameTime(video, index);
      return Math.abs(ptsSeconds - time) > half || number !== frameNumberAt(video, time);
    });
    expect(wrong).toEqual([]);
  });

  it('never needs more than the bandwidth it names', () => {
    const sound = delivery.renditions.find(({ id }) => id.startsWith('a'));
    for (const [rung, { bandwidth }] of delivery.master.variants.entries()) {
      const segments = pictures[rung]?.playlist.segments ?? [];
      const rates = segments.map(({ uri, durationSeconds }, index) => {
        const size = bytes(uri).length + bytes(sound?.playlist.segments[index]?.uri ?? '').length;
        return (size * 8) / durationSeconds;
      });
      expect(bandwidth).toBeGreaterThanOrEqual(Math.max(...rates));
    }
    const encoded = delivery.master.variants
      .slice(names.length > 2 ? 1 : 0)
      .map(({ bandwidth }) => bandwidth);
    expect(encoded).toEqual(encoded.toSorted((a, b) => b - a));
  });
});
