import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CoreEvent } from '../../src/index.ts';
import { film } from '../lab/media/index.ts';
import { mustFfmpeg } from '../lab/tools.ts';
import { NO_FFMPEG, problemOf, Rig } from './rig.ts';
import { sliceOf, startOffset } from './slices.ts';

let rig: Rig;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'raffi-sessions-'));
  rig = await Rig.start();
});
afterAll(async () => {
  await rig.stop();
  await rm(folder, { recursive: true });
});

const choose = (sessionId: string, index: number) =>
  rig.send('POST', `/sessions/${sessionId}/audio`, { index });
const segment = (sessionId: string, name: string) => rig.get(`/sessions/${sessionId}/stream/${name}`);

describe('switching the audio track', () => {
  it('before the first playlist: it carries that track, not the default one', async () => {
    const id = await rig.open(await film('two-audio-mkv'));
    expect((await choose(id, 0)).status).toBe(200);
    expect((await sliceOf(rig, id)).names[0]).toBe('s0a0-0.ts');
    expect((await rig.view(id)).audioIndex).toBe(0);
    expect(await rig.text(`/sessions/${id}/master.m3u8`)).toMatch(/LANGUAGE="eng",DEFAULT=YES/);
    await rig.close(id);
  });

  it('while it plays: new names in the next playlist, and the old ones can still be had', async () => {
    const id = await rig.open(await film('two-audio-mkv'));
    const before = await sliceOf(rig, id);
    expect(before.names[0]).toBe('s0a1-0.ts');
    const old = await segment(id, 's0a1-2.ts');
    expect((await choose(id, 0)).status).toBe(200);
    const after = await sliceOf(rig, id);
    expect(after.names[0]).toBe('s0a0-0.ts');
    expect(new Set([...before.names, ...after.names]).size).toBe(before.names.length + after.names.length);
    const [again, other] = [await segment(id, 's0a1-2.ts'), await segment(id, 's0a0-2.ts')];
    expect([again.status, other.status]).toEqual([200, 200]);
    expect(again.bytes).toEqual(old.bytes);
    expect(other.bytes).not.toEqual(old.bytes);
    await rig.close(id);
  });

  it('keeps the position of whoever asks for the playlist without a seek', async () => {
    const id = await rig.open(await film('two-audio-mkv'));
    const { names } = await sliceOf(rig, id, '?seek=9.5');
    await segment(id, names[2] ?? '');
    await choose(id, 0);
    // A client may look at the header before it loads the playlist.
    const head = await rig.get(`/sessions/${id}/stream`, { method: 'HEAD' });
    expect(head.headers.get('x-raffi-slice-start')).toBe('0.000');
    expect(await sliceOf(rig, id)).toMatchObject({ startSeconds: 0, offsetSeconds: 9.5 });
    expect(startOffset(await rig.text(`/sessions/${id}/master.m3u8`))).toBe(9.5);
    const forced = await sliceOf(rig, id, '?force_slice=1');
    expect(forced).toMatchObject({ startSeconds: 8, offsetSeconds: 9.5 });
    expect(forced.names[0]).toBe('s2a0-2.ts');
    await segment(id, 's2a0-2.ts');
    expect((await sliceOf(rig, id)).offsetSeconds).toBe(0);
    await rig.close(id);
  });

  it('to a track the film does not have is refused, and changes nothing', async () => {
    const id = await rig.open(await film('two-audio-mkv'));
    const refused = await choose(id, 2);
    expect([refused.status, problemOf(refused).code]).toEqual([400, 'bad_audio_index']);
    expect((await sliceOf(rig, id)).names[0]).toBe('s0a1-0.ts');
    await rig.close(id);
  });

  it('chosen blindly, and not there: the film starts with its own track', async () => {
    const restored: unknown[] = [];
    const unsubscribe = rig.core.subscribe((event: CoreEvent) => {
      if (event.type === 'sessions') restored.push(event.sessions.map(({ audioIndex }) => audioIndex));
    });
    const id = await rig.open(await film('two-audio-mkv'), { audioIndex: 7 });
    const { names } = await sliceOf(rig, id);
    expect(names[0]).toBe('s0a1-0.ts');
    expect((await segment(id, names[0] ?? '')).status).toBe(200);
    expect((await rig.view(id)).audioIndex).toBe(1);
    expect(restored).toEqual([[7], [undefined]]);
    unsubscribe();
    await rig.close(id);
  });

  it('MPEG-TS starts with the default track, encoded; without an encoder with one it carries', async () => {
    const path = join(folder, 'opus-then-aac.mkv');
    const inputs = ['-i', await film('h264-opus-mkv'), '-i', await film('gop2-mkv')];
    const maps = ['-map', '0:v', '-map', '0:a', '-map', '1:a', '-c', 'copy'];
    const defaults = ['-disposition:a:0', 'default', '-disposition:a:1', '0'];
    await mustFfmpeg(['-v', 'error', '-y', ...inputs, ...maps, ...defaults, path]);
    const copying = await Rig.start(NO_FFMPEG);
    for (const [core, name] of [
      [rig, 's0a0-0.ts'],
      [copying, 's0a1-0.ts'],
    ] as const) {
      const id = await core.open(path);
      expect(await core.text(`/sessions/${id}/stream`)).toContain(name);
      expect((await core.bytes(`/sessions/${id}/stream/${name}`)).length).toBeGreaterThan(0);
      expect(await core.text(`/sessions/${id}/master.m3u8`)).toMatch(/DEFAULT=YES.*URI="[^"]*\/a0\//);
      await core.close(id);
    }
    await copying.stop();
  });
});

describe('the audio track a film starts with', () => {
  it('is the viewer’s language where the file marks every track as its default, and the viewer’s choice before all', async () => {
    const path = join(folder, 'all-default.mkv');
    const marks = ['-map', '0', '-c', 'copy', '-disposition:a:0', 'default', '-disposition:a:1', 'default'];
    await mustFfmpeg(['-v', 'error', '-y', '-i', await film('two-audio-mkv'), ...marks, path]);
    for (const [languages, position] of [
      [['fr', 'de-AT', 'en'], 1],
      [['en'], 0],
      [[], 0],
    ] as const) {
      const id = await rig.open(path, { languages: [...languages] });
      expect((await sliceOf(rig, id)).names[0]).toBe(`s0a${position}-0.ts`);
      expect((await rig.view(id)).audioIndex).toBe(position);
      await choose(id, 0);
      expect((await sliceOf(rig, id)).names[0]).toBe('s0a0-0.ts');
      await rig.close(id);
    }
  });

  it('is the one the file marks, whatever the viewer’s language', async () => {
    const id = await rig.open(await film('two-audio-mkv'), { languages: ['en'] });
    expect((await rig.view(id)).audioIndex).toBe(1);
    await rig.close(id);
  });
});

describe('where playing begins', () => {
  it('a seek_id that comes again is no new seek', async () => {
    const id = await rig.open(await film('gop2-mkv'));
    const first = await sliceOf(rig, id, '?seek=9&seek_id=a&force_slice=1');
    expect(first).toMatchObject({ startSeconds: 8, offsetSeconds: 9 });
    expect(await sliceOf(rig, id, '?seek=17&seek_id=a')).toEqual(first);
    expect(await sliceOf(rig, id, '?seek=17&seek_id=b')).toMatchObject({
      startSeconds: 0,
      offsetSeconds: 17,
    });
    await rig.close(id);
  });

  it.each([
    [0, 0],
    [6.5, 6.5],
    [20, 16],
    [1e300, 16],
  ])('startTime %d: both playlists begin at %d', async (startTime, expected) => {
    const id = await rig.open(await film('gop2-mkv'), { startTime });
    expect(await sliceOf(rig, id)).toMatchObject({ startSeconds: 0, offsetSeconds: expected });
    const master = await rig.text(`/sessions/${id}/master.m3u8`);
    expect(startOffset(master)).toBe(expected);
    expect(master.includes('#EXT-X-START')).toBe(expected > 0);
    await rig.close(id);
  });
});
