import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CoreEvent } from '../../src/index.ts';
import type { Capabilities } from '../../src/plan/types.ts';
import type { FeedbackAnswer, SessionRequest } from '../../src/session/types.ts';
import { film } from '../lab/media/index.ts';
import { readMediaPlaylist } from './playlists.ts';
import { type Answer, EVERYTHING, json, NO_FFMPEG, problemOf, Rig, text } from './rig.ts';

/** A player that says it shows HEVC and plays six channels. */
const BOASTER: Capabilities = { ...EVERYTHING, maxChannels: 6 };

let rig: Rig;
let copying: Rig;
beforeAll(async () => {
  [rig, copying] = await Promise.all([Rig.start(), Rig.start(NO_FFMPEG)]);
});
afterAll(() => Promise.all([rig.stop(), copying.stop()]));

const report = (id: string, body: object, core = rig) => core.send('POST', `/sessions/${id}/feedback`, body);
const answerOf = (answer: Answer): FeedbackAnswer => {
  expect(answer.status, text(answer)).toBe(200);
  return json(answer) as FeedbackAnswer;
};

/** The addresses of the renditions that the master playlist names, by kind. */
async function renditions(id: string): Promise<{ master: string; video: string; audio: string[] }> {
  const master = await rig.text(`/sessions/${id}/master.m3u8`);
  const audio = [...master.matchAll(/TYPE=AUDIO.*URI="([^"]+)"/g)].map((match) => match[1] ?? '');
  const video = /STREAM-INF:.*\n(.+)/.exec(master.replace(/#EXT-X-I-FRAME.*/g, ''))?.[1] ?? '';
  return { master, video, audio };
}

async function segmentsOf(playlist: string): Promise<{ init: string; uris: string[] }> {
  const { map, segments } = readMediaPlaylist(await rig.text(playlist));
  return { init: map ?? '', uris: segments.map(({ uri }) => uri) };
}

describe('a picture that the player cannot show', () => {
  it('is encoded from then on, under new names, from where the viewer is; the old names stand for nothing', async () => {
    const id = await rig.open(await film('hevc-aac-mkv'), { capabilities: BOASTER, startTime: 9 });
    const before = await renditions(id);
    expect(before.master).toContain('hvc1.');
    expect(before.master).toContain('I-FRAME');
    const old = await segmentsOf(before.video);
    await rig.bytes(old.uris[2] ?? '');
    const transport = await rig.text(`/sessions/${id}/stream`);

    const answer = answerOf(
      await report(id, { track: 'video', problem: 'decode_error', detail: 'PIPELINE_ERROR_DECODE' }),
    );
    expect(answer).toMatchObject({
      taken: true,
      reason: 'The player could not decode this HEVC, so it is converted.',
      decisions: { cmaf: { video: { action: 'transcode' } }, direct: { playable: false } },
    });
    expect((await rig.view(id)).decisions).toEqual(answer.decisions);

    const after = await renditions(id);
    expect(after.master).toMatch(/CODECS="avc1\./);
    expect(after.master).not.toContain('I-FRAME');
    expect(after.master).toMatch(/#EXT-X-START:TIME-OFFSET=9[,.]/);
    const fresh = await segmentsOf(after.video);
    expect(fresh.uris.filter((uri) => old.uris.includes(uri))).toEqual([]);
    expect(after.audio.filter((uri) => before.audio.includes(uri))).toEqual([]);
    expect((await rig.bytesInTime(fresh.init)).length).toBeGreaterThan(100);
    expect((await rig.bytesInTime(fresh.uris[9] ?? '')).length).toBeGreaterThan(100);
    const stale = [before.video, old.init, ...old.uris.slice(0, 1), ...before.audio];
    for (const uri of [...stale, ...readMediaPlaylist(transport).segments.map(({ uri: ts }) => ts)]) {
      expect(problemOf(await rig.get(uri)).code).toBe('segment_not_found');
    }
    const otherwise = readMediaPlaylist(await rig.text(`/sessions/${id}/stream`)).segments;
    expect((await rig.bytesInTime(otherwise[9]?.uri ?? '')).length).toBeGreaterThan(100);
    await rig.close(id);
  });

  it('is helped once', async () => {
    const id = await rig.open(await film('hevc-aac-mkv'), { capabilities: BOASTER });
    const report1 = answerOf(await report(id, { track: 'video', problem: 'no_frames' }));
    expect(report1.reason).toBe('The player showed no picture of this HEVC, so it is converted.');
    const { master } = await renditions(id);
    const again = answerOf(await report(id, { track: 'video', problem: 'decode_error' }));
    expect(again).toMatchObject({ taken: false, decisions: report1.decisions });
    expect(again.reason).toMatch(/nothing safer/);
    expect((await renditions(id)).master).toBe(master);
    await rig.close(id);
  });
});

describe('a sound that the player cannot play', () => {
  it('is encoded under new names, while the picture keeps its own and its bytes', async () => {
    const id = await rig.open(await film('five-audio-mkv'), { capabilities: BOASTER });
    const before = await renditions(id);
    const { uris } = await segmentsOf(before.video);
    const picture = await rig.bytes(uris[1] ?? '');
    const { taken, reason } = answerOf(await report(id, { track: 'audio', position: 2, problem: 'silent' }));
    expect([taken, reason]).toEqual([true, 'The player was silent with this Opus, so it is converted.']);
    const after = await renditions(id);
    expect(after.video).toBe(before.video);
    expect(after.audio.map((uri, n) => uri === before.audio[n])).toEqual([true, true, false, true, true]);
    expect(await rig.bytes(uris[1] ?? '')).toEqual(picture);
    const { init, uris: sound } = await segmentsOf(after.audio[2] ?? '');
    expect(text({ bytes: await rig.bytesInTime(init) } as Answer)).toContain('mp4a');
    expect((await rig.bytesInTime(sound[1] ?? '')).length).toBeGreaterThan(100);
    await rig.close(id);
  });

  it('surround becomes stereo; the track that plays is meant where none is named', async () => {
    const id = await rig.open(await film('ac3-surround-mkv'), { capabilities: BOASTER });
    const before = await rig.view(id);
    expect(before.decisions?.cmaf.audio[0]?.target?.channels).toBe(6);
    const answer = answerOf(await report(id, { track: 'audio', problem: 'silent' }));
    expect(answer.decisions.cmaf.audio[0]).toMatchObject({ reason: answer.reason, target: { channels: 2 } });
    expect(answer.reason).toMatch(/surround.*stereo/);
    expect(answerOf(await report(id, { track: 'audio', problem: 'silent' })).taken).toBe(false);
    await rig.close(id);
  });
});

it('a core that is started again after a crash remembers, and its names stay true', async () => {
  let sessions: (SessionRequest & { id: string })[] = [];
  const unsubscribe = rig.core.subscribe((event: CoreEvent) => {
    if (event.type === 'sessions') sessions = event.sessions;
  });
  const id = await rig.open(await film('hevc-aac-mkv'), { capabilities: BOASTER });
  await report(id, { track: 'video', problem: 'no_frames' });
  const { video } = await renditions(id);
  const playlist = await rig.text(video);
  const restored = sessions.find((session) => session.id === id);
  expect(restored?.setbacks).toEqual([{ track: 'video', position: 0, problem: 'no_frames' }]);
  await rig.close(id);
  await rig.core.open({ ...restored, source: restored?.source ?? '', kind: 'file' });
  expect(await rig.text(video)).toBe(playlist);
  expect((await rig.view(id)).decisions?.cmaf.video?.reason).toMatch(/^The player showed no picture/);
  await rig.close(id);
  unsubscribe();
});

it('without an encoder nothing changes, and the refusal says what to install', async () => {
  const id = await copying.open(await film('hevc-aac-mkv'), { capabilities: BOASTER });
  const before = await copying.text(`/sessions/${id}/master.m3u8`);
  const refused = await report(id, { track: 'video', problem: 'decode_error' }, copying);
  expect(refused.status).toBe(422);
  expect(problemOf(refused)).toMatchObject({ code: 'codec_not_playable' });
  expect(problemOf(refused).detail).toMatch(/converted.*ffmpeg/is);
  expect(await copying.text(`/sessions/${id}/master.m3u8`)).toBe(before);
  await copying.close(id);
});
