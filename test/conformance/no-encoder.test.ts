import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { film, filmFacts } from '../lab/media/index.ts';
import { deliveryOf } from './film-delivery.ts';
import { NO_FFMPEG, problemOf, Rig } from './rig.ts';
import { ENCODED, WITHOUT_INDEX } from './what-to-expect.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start(NO_FFMPEG);
});
afterAll(() => rig.stop());

describe('without an ffmpeg', () => {
  it.each(ENCODED)('%s is refused: what is wrong with it, and what to install', async (name) => {
    const { sessionId: id } = await rig.core.open({ kind: 'file', source: await film(name) });
    const view = await rig.view(id);
    for (const what of ['master.m3u8', 'stream']) {
      const answer = await rig.get(`/sessions/${id}/${what}`);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      const problem = problemOf(answer);
      expect(problem).toMatchObject({ status: 422, code: 'codec_not_playable' });
      expect(problem.reasons).not.toEqual([]);
      expect(problem.detail).toContain('RAFFI_FFMPEG_BIN');
    }
    const tracks = [view.decisions?.cmaf.video, ...(view.decisions?.cmaf.audio ?? [])];
    expect(tracks.some((track) => track?.action === 'transcode' && track.reason.length > 10)).toBe(true);
    expect(view.decisions?.direct.playable).toBe(false);
    await rig.close(id);
  });

  it.each(WITHOUT_INDEX)('%s, which keeps no index: no_index, yet what it is is known', async (name) => {
    const { sessionId: id } = await rig.core.open({ kind: 'file', source: await film(name) });
    const view = await rig.view(id);
    for (const what of ['master.m3u8', 'stream']) {
      const problem = problemOf(await rig.get(`/sessions/${id}/${what}`));
      expect(problem).toMatchObject({ status: 422, code: 'no_index' });
      expect(problem.detail).toContain('ffmpeg');
    }
    expect(view.error?.code).toBe('no_index');
    expect(Math.abs((view.durationSeconds ?? 0) - 20)).toBeLessThan(0.1);
    expect(view.media?.video[0]?.codec).toBe('h264');
    await rig.close(id);
  });

  it.each(['gop2-mkv', 'gop2-mp4', 'two-audio-mkv'] as const)('%s, which is copied, plays', async (name) => {
    const { sessionId, renditions, transport } = await deliveryOf(rig, await rig.open(await film(name)));
    for (const { playlist } of renditions) {
      expect((await rig.bytes(playlist.map ?? '')).length).toBeGreaterThan(0);
      expect((await rig.bytes(playlist.segments[1]?.uri ?? '')).length).toBeGreaterThan(0);
    }
    expect((await rig.bytes(transport?.segments[1]?.uri ?? '')).length).toBeGreaterThan(0);
    await rig.close(sessionId);
  });

  it('tracks that are copied play beside one that needs an encoder, which is not offered', async () => {
    const { sessionId, renditions } = await deliveryOf(rig, await rig.open(await film('five-audio-mkv')));
    const copied = filmFacts('five-audio-mkv').audio.flatMap(({ codec }, n) =>
      codec === 'ac3' ? [] : [`a${n}`],
    );
    expect(renditions.map(({ id }) => id).toSorted()).toEqual([...copied, 'v0']);
    await rig.close(sessionId);
  });
});
