import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FilmName, film } from '../lab/media/index.ts';
import { type Origin, startOrigin } from '../lab/origin/index.ts';
import { deliveryOf } from './film-delivery.ts';
import { Rig } from './rig.ts';

/** A home's line: fast enough for the films, slow enough that a seek finds requests under way. */
const LINK = { latencyMs: 20, bitsPerSecond: 400_000_000 };
const PLAYED_SECONDS = 60;
const FILMS: FilmName[] = ['bench-gop2-mkv', 'bench-gop2-mp4', 'bench-gop2-moov-at-end'];

let rig: Rig;
let origin: Origin;
beforeAll(async () => {
  [rig, origin] = await Promise.all([Rig.start(), startOrigin(LINK)]);
  for (const name of FILMS) origin.put(`/${name}`, await film(name));
}, 300_000);
afterAll(async () => {
  await Promise.all([rig.stop(), origin.close()]);
});
afterEach(() => origin.log.clear());

describe.each(FILMS)('%s: no byte of the source is asked for twice', (name) => {
  it('probe, start, 60 s, ten seeks, in MPEG-TS', async () => {
    const id = await rig.open(origin.url(`/${name}`));
    const { transport, durationSeconds } = await deliveryOf(rig, id);
    const uris = transport?.segments.map(({ uri }) => uri) ?? [];
    for (const uri of uris.slice(0, (uris.length * PLAYED_SECONDS) / durationSeconds)) await rig.bytes(uri);
    for (let seek = 0; seek < 10; seek++) await rig.bytes(uris[(seek * 17 + 5) % uris.length] ?? '');
    await rig.close(id);
    await expectNothingTwice();
  });

  it('probe, start, 60 s, ten seeks, in fMP4 with its sound, each seek two segments long', async () => {
    const id = await rig.open(origin.url(`/${name}`));
    const { renditions, durationSeconds } = await deliveryOf(rig, id);
    const play = (index: number) =>
      Promise.all(renditions.map(({ playlist }) => rig.bytes(playlist.segments[index]?.uri ?? '')));
    const count = renditions[0]?.playlist.segments.length ?? 0;
    for (let index = 0; index < (count * PLAYED_SECONDS) / durationSeconds; index++) await play(index);
    for (let seek = 0; seek < 10; seek++) {
      const index = (seek * 17 + 5) % (count - 1);
      await play(index);
      await play(index + 1);
    }
    await rig.close(id);
    await expectNothingTwice();
  });
});

async function expectNothingTwice(): Promise<void> {
  await origin.log.idle();
  const asked = origin.log.requests().map(({ asked, sent, aborted }) => ({ asked, sent, aborted }));
  expect(origin.log.bytesSentTwice(), JSON.stringify(asked)).toBe(0);
  expect(origin.log.requestedTwice(), JSON.stringify(asked)).toBe(0);
}
