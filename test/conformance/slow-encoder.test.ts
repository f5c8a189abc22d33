import { afterAll, beforeAll, expect, test } from 'vitest';
import { film } from '../lab/media/index.ts';
import { type FfmpegGate, ffmpegGate } from '../support/ffmpeg-gate.ts';
import { json, Rig } from './rig.ts';

let gate: FfmpegGate;
let rig: Rig;

beforeAll(async () => {
  gate = await ffmpegGate();
  rig = await Rig.start({ ffmpegBin: gate.path }, { waits: { segmentMs: 100 } });
});
afterAll(async () => {
  await rig?.stop();
  await gate?.dispose();
});

test.each(['init.mp4', '0.m4s'])(
  '%s of an encoder that takes long is to be asked for again',
  async (name) => {
    await gate.close();
    const id = await rig.open(await film('mpeg4-mp3-mkv'));
    // A busy machine may examine the film for longer than a request waits.
    await expect.poll(async () => (await rig.get(`/sessions/${id}/hls/v0/playlist.m3u8`)).status).toBe(200);
    const path = `/sessions/${id}/hls/v0/${name}`;
    const early = await rig.get(path);
    expect([early.status, early.headers.get('Retry-After')]).toEqual([503, '1']);
    expect(json(early)).toMatchObject({ code: 'wait_exceeded', stage: 'first_byte' });
    await gate.open();
    await expect.poll(async () => (await rig.get(path)).status).toBe(200);
    await rig.close(id);
  },
);
