import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Deferred } from '../../src/deferred.ts';
import { Encoders } from '../../src/ffmpeg/encode/encoders/encoders.ts';
import { HARDWARE, X264 } from '../../src/ffmpeg/encode/encoders/families.ts';
import { FfmpegTools } from '../../src/ffmpeg/tools.ts';
import type { Health } from '../../src/health.ts';
import { film, filmFacts, frameNumberAt, frameTime } from '../lab/media/index.ts';
import { frameNumbers } from '../lab/reference.ts';
import { type HardwareFfmpeg, hardwareFfmpeg } from '../support/hardware-ffmpeg.ts';
import { deliveryOf } from './film-delivery.ts';
import { EVERYTHING, json, Rig } from './rig.ts';

let gpu: HardwareFfmpeg;
let folder: string;
beforeAll(async () => {
  [gpu, folder] = await Promise.all([hardwareFfmpeg(), mkdtemp(join(tmpdir(), 'raffi-encoders-'))]);
});
afterAll(async () => {
  await gpu.dispose();
  await rm(folder, { recursive: true });
});

/** What is found out, however long it takes on a busy machine. */
async function find(ffmpegPath: string | undefined, cacheDir: string) {
  const tools = new FfmpegTools({ ffmpegPath });
  const known = new Deferred<void>();
  const encoders = new Encoders({
    tools,
    cacheDir,
    runDir: folder,
    platform: 'linux',
    onChange: () => known.resolve(),
  });
  await encoders.speed(new AbortController().signal);
  await known.promise;
  encoders.stop();
  await tools.stop();
  return { used: encoders.family, health: encoders.health };
}

describe('what is found out at first need', () => {
  let cacheDir: string;
  beforeEach(async () => {
    cacheDir = await mkdtemp(join(folder, 'cache-'));
  });

  it('hardware that proves itself is used, and remembered', async () => {
    await gpu.behave('well');
    const { used, health } = await find(gpu.path, cacheDir);
    expect(used.name).toBe('h264_nvenc');
    expect(health.realTime).toBeGreaterThan(0);
    // Nothing is tried again: it would fail now.
    await gpu.behave('fails');
    expect((await find(gpu.path, cacheDir)).health).toEqual(health);
  });

  it.each([
    ['fails', /NVENC does not work here: Cannot load libcuda/],
    ['turned', /its pictures are not those it was given/],
    ['keyless', /keyframes are not where/],
  ] as const)('hardware that %s is refused, with the reason, and x264 is used', async (how, reason) => {
    await gpu.behave(how);
    const { used, health } = await find(gpu.path, cacheDir);
    expect(used).toBe(X264);
    expect(health.refused.find(({ encoder }) => encoder === 'h264_nvenc')?.reason).toMatch(reason);
  });

  it('a damaged memory is replaced', async () => {
    await gpu.behave('well');
    await writeFile(join(cacheDir, 'encoders.json'), '{"key":');
    await find(gpu.path, cacheDir);
    expect(JSON.parse(await readFile(join(cacheDir, 'encoders.json'), 'utf8'))).toMatchObject({
      encoder: 'h264_nvenc',
    });
  });

  it('of this machine: whatever its ffmpeg was built for is proved or refused with a reason', async () => {
    const { used, health } = await find(undefined, cacheDir);
    expect([X264, ...HARDWARE]).toContain(used);
    for (const { reason } of health.refused) expect(reason.length).toBeGreaterThan(20);
    expect(health.refused.map(({ encoder }) => encoder)).not.toContain(used.name);
  });
});

/** Of a second each; the encoder dies in the third. */
const SEGMENTS = 6;

it('hardware that dies in the middle of a film is given up, and the film goes on where it was', async () => {
  await gpu.behave('well');
  const rig = await Rig.start({ ffmpegBin: gpu.path, encoderSpeed: null });
  const { video } = filmFacts('large-mkv');
  if (!video) throw new Error('no video');
  const health = async () => json(await rig.get('/')) as Health;
  try {
    // A player that decodes no H.264 at all: the whole picture is encoded.
    const request = { capabilities: { ...EVERYTHING, video: ['vp09.00.51.08'] } };
    const first = await deliveryOf(rig, await rig.open(await film('large-mkv'), request));
    await expect.poll(async () => (await health()).ffmpeg.encoder.used).toBe('h264_nvenc');
    await gpu.behave('dies');
    const playlist = first.renditions.find(({ id }) => id === 'v0')?.playlist;
    const uris = playlist?.segments.slice(0, SEGMENTS).map(({ uri }) => uri) ?? [];
    const parts: Uint8Array[] = [];
    for (const uri of [playlist?.map ?? '', ...uris]) parts.push(await rig.bytesInTime(uri));
    const { frames, errors } = await frameNumbers(Buffer.concat(parts));
    expect(errors).toEqual([]);
    const wanted = Array.from({ length: SEGMENTS * 24 }, (_, n) => frameNumberAt(video, frameTime(video, n)));
    expect(frames.map(({ number }) => number)).toEqual(wanted);
    const { used, refused } = (await health()).ffmpeg.encoder;
    expect(used).toBe('libx264');
    expect(refused.at(-1)).toMatchObject({ encoder: 'h264_nvenc' });
    expect(refused.at(-1)?.reason).toContain('while a film was playing');
  } finally {
    await rig.stop();
  }
}, 150_000);
