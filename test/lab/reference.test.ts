import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { film } from './media/index.ts';
import { decode, frameTimes, keyframeTimes, packets, toneOf } from './reference.ts';

it('tells keyframes and frames', async () => {
  const path = await film('gop2-mp4');
  expect((await keyframeTimes(path)).map((time) => Math.round(time))).toEqual([
    0, 2, 4, 6, 8, 10, 12, 14, 16, 18,
  ]);
  const times = await frameTimes(path);
  expect(times).toHaveLength(480);
  expect(times[1]).toBeCloseTo(1 / 24, 4);
});

it('finds the same frames in a remux, and others in another film', async () => {
  const hashes = async (path: string) => (await decode(path)).frames.map((frame) => frame.md5);
  const original = await hashes(await film('gop2-mp4'));
  expect(await hashes(await film('gop2-mov'))).toEqual(original);
  expect(await hashes(await film('no-b-frames-mp4'))).not.toEqual(original);
});

it('hashes sound too', async () => {
  const { frames, errors } = await decode(await film('audio-only-m4a'), 'a:0');
  expect(errors).toEqual([]);
  expect(frames.length).toBeGreaterThan(900);
});

it('judges bytes: an init segment and fragments', async () => {
  const bytes = await readFile(await film('fragmented-no-index'));
  const { frames, errors } = await decode(bytes);
  expect(errors).toEqual([]);
  expect(frames).toHaveLength(480);
  expect((await packets(bytes, 'v:0')).filter((packet) => packet.isKey)).toHaveLength(10);
  expect(await toneOf(bytes)).toBeCloseTo(440, -1);
});

it('reports damage, and a stream that is not there', async () => {
  expect((await decode(await film('garbage-mp4'))).errors.length).toBeGreaterThan(0);
  await expect(decode(await film('no-audio-mkv'), 'a:0')).rejects.toThrow('matches no streams');
});
