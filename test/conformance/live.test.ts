import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Live, startLive } from '../lab/adaptive/live.ts';
import { type Origin, startOrigin } from '../lab/origin/index.ts';
import { ffprobe } from '../lab/tools.ts';
import { Rig } from './rig.ts';

let rig: Rig;
let origin: Origin;
let folder: string;
let live: Live;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'raffi-live-'));
  [rig, origin, live] = await Promise.all([Rig.start(), startOrigin({ dir: folder }), startLive(folder)]);
}, 90_000);
afterAll(async () => {
  await live?.end();
  await Promise.all([rig?.stop(), origin?.close()]);
  await rm(folder, { recursive: true, force: true });
});

const sequenceOf = (text: string) => Number(/#EXT-X-MEDIA-SEQUENCE:(\d+)/.exec(text)?.[1]);
const linesOf = (text: string) => text.split('\n').filter((line) => line.startsWith('/'));

it('plays on as its window slides, and is a film when it has ended', { timeout: 120_000 }, async () => {
  const id = await rig.open(origin.url(`/${live.playlist}`));
  const view = await rig.view(id);
  expect(view).toMatchObject({ live: true, media: { video: [{ codec: 'h264' }] } });
  expect(view.durationSeconds).toBeUndefined();
  expect(await rig.text(`/sessions/${id}/master.m3u8`)).not.toContain('EXT-X-START');

  const list = `/sessions/${id}/hls/v0/playlist.m3u8`;
  const first = await rig.get(list);
  expect(first.headers.get('cache-control')).toBe('no-store');
  const before = await rig.text(list);
  expect(before).not.toMatch(/ENDLIST|PLAYLIST-TYPE/);
  origin.log.clear();
  let polls = 0;
  const poll = async () => {
    polls += 1;
    return sequenceOf(await rig.text(list));
  };
  await expect.poll(poll, { timeout: 30_000 }).toBeGreaterThan(sequenceOf(before));
  // However often a client asks, the origin is asked in the stream's own rhythm.
  expect(origin.log.requests(`/${live.playlist}`).length).toBeLessThan(polls / 2);

  // A segment that both lists name is one segment.
  const now = linesOf(await rig.text(list));
  const kept = linesOf(before).find((uri) => now.includes(uri)) ?? '';
  const segment = await rig.get(kept);
  expect(segment.status).toBe(200);
  expect(segment.headers.get('cache-control')).toBe('no-store');
  const probe = await ffprobe(['-v', 'error', '-show_entries', 'stream=codec_name', '-of', 'csv', '-'], {
    input: segment.bytes,
  });
  expect(probe.stdout.toString()).toContain('h264');

  const stream = await rig.text(`/sessions/${id}/stream`);
  expect(stream).not.toContain('ENDLIST');
  expect((await rig.get(linesOf(stream).at(-1) ?? '')).status).toBe(200);

  await live.end();
  await expect.poll(() => rig.text(list), { timeout: 30_000 }).toContain('ENDLIST');
  const ended = await rig.view(id);
  expect(ended.live).toBeUndefined();
  expect(ended.durationSeconds).toBeGreaterThan(0);
});
