import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CoreEvent } from '../../src/index.ts';
import { film } from '../lab/media/index.ts';
import { type Origin, startOrigin } from '../lab/origin/index.ts';
import { mustFfmpeg } from '../lab/tools.ts';
import { readMediaPlaylist } from './playlists.ts';
import { json, NO_FFMPEG, problemOf, Rig, text } from './rig.ts';

/** Requests give up soon, sources never: what is waited for here does not come until it is let go. */
const IMPATIENT = { viewMs: 300, playlistMs: 300, segmentMs: 300 };

let rig: Rig;
let origin: Origin;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'raffi-sessions-'));
  [rig, origin] = await Promise.all([
    Rig.start(),
    startOrigin({ files: { '/film.mkv': await film('gop2-mkv'), '/two.mkv': await film('two-audio-mkv') } }),
  ]);
});
afterAll(async () => {
  await Promise.all([rig.stop(), origin.close()]);
  await rm(folder, { recursive: true });
});

interface Slice {
  startSeconds: number;
  /** Where the player begins, seconds of film time. */
  offsetSeconds: number;
  names: string[];
}

async function sliceOf(sessionId: string, query = '', core = rig): Promise<Slice> {
  const answer = await core.get(`/sessions/${sessionId}/stream/child.m3u8${query}`);
  expect(answer.status, text(answer)).toBe(200);
  const startSeconds = Number(answer.headers.get('x-raffi-slice-start'));
  const names = readMediaPlaylist(text(answer)).segments.map(({ uri }) => uri.split('/').at(-1) ?? '');
  return { startSeconds, offsetSeconds: startSeconds + startOffset(text(answer)), names };
}

function startOffset(playlist: string): number {
  return Number(/#EXT-X-START:TIME-OFFSET=(\d+(?:\.\d+)?),PRECISE=YES\n/.exec(playlist)?.[1] ?? 0);
}

const choose = (sessionId: string, index: number, core = rig) =>
  core.send('POST', `/sessions/${sessionId}/audio`, { index });
const segment = (sessionId: string, name: string, core = rig) =>
  core.get(`/sessions/${sessionId}/stream/${name}`);

describe('switching the audio track', () => {
  it('before the first playlist: it carries that track, not the default one', async () => {
    const id = await rig.open(await film('two-audio-mkv'));
    expect((await choose(id, 0)).status).toBe(200);
    expect((await sliceOf(id)).names[0]).toBe('s0a0-0.ts');
    expect((await rig.view(id)).audioIndex).toBe(0);
    expect(await rig.text(`/sessions/${id}/master.m3u8`)).toMatch(/LANGUAGE="eng",DEFAULT=YES/);
    await rig.close(id);
  });

  it('while it plays: new names in the next playlist, and the old ones can still be had', async () => {
    const id = await rig.open(await film('two-audio-mkv'));
    const before = await sliceOf(id);
    expect(before.names[0]).toBe('s0a1-0.ts');
    const old = await segment(id, 's0a1-2.ts');
    expect((await choose(id, 0)).status).toBe(200);
    const after = await sliceOf(id);
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
    const { names } = await sliceOf(id, '?seek=9.5');
    await segment(id, names[2] ?? '');
    await choose(id, 0);
    // A client may look at the header before it loads the playlist.
    const head = await rig.get(`/sessions/${id}/stream`, { method: 'HEAD' });
    expect(head.headers.get('x-raffi-slice-start')).toBe('0.000');
    expect(await sliceOf(id)).toMatchObject({ startSeconds: 0, offsetSeconds: 9.5 });
    expect(startOffset(await rig.text(`/sessions/${id}/master.m3u8`))).toBe(9.5);
    const forced = await sliceOf(id, '?force_slice=1');
    expect(forced).toMatchObject({ startSeconds: 8, offsetSeconds: 9.5 });
    expect(forced.names[0]).toBe('s2a0-2.ts');
    await segment(id, 's2a0-2.ts');
    expect((await sliceOf(id)).offsetSeconds).toBe(0);
    await rig.close(id);
  });

  it('to a track the film does not have is refused, and changes nothing', async () => {
    const id = await rig.open(await film('two-audio-mkv'));
    const refused = await choose(id, 2);
    expect([refused.status, problemOf(refused).code]).toEqual([400, 'bad_audio_index']);
    expect((await sliceOf(id)).names[0]).toBe('s0a1-0.ts');
    await rig.close(id);
  });

  it('chosen blindly, and not there: the film starts with its own track', async () => {
    const restored: unknown[] = [];
    const unsubscribe = rig.core.subscribe((event: CoreEvent) => {
      if (event.type === 'sessions') restored.push(event.sessions.map(({ audioIndex }) => audioIndex));
    });
    const id = await rig.open(await film('two-audio-mkv'), { audioIndex: 7 });
    const { names } = await sliceOf(id);
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
      expect((await sliceOf(id)).names[0]).toBe(`s0a${position}-0.ts`);
      expect((await rig.view(id)).audioIndex).toBe(position);
      await choose(id, 0);
      expect((await sliceOf(id)).names[0]).toBe('s0a0-0.ts');
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
    const first = await sliceOf(id, '?seek=9&seek_id=a&force_slice=1');
    expect(first).toMatchObject({ startSeconds: 8, offsetSeconds: 9 });
    expect(await sliceOf(id, '?seek=17&seek_id=a')).toEqual(first);
    expect(await sliceOf(id, '?seek=17&seek_id=b')).toMatchObject({ startSeconds: 0, offsetSeconds: 17 });
    await rig.close(id);
  });

  it.each([
    [0, 0],
    [6.5, 6.5],
    [20, 16],
    [1e300, 16],
  ])('startTime %d: both playlists begin at %d', async (startTime, expected) => {
    const id = await rig.open(await film('gop2-mkv'), { startTime });
    expect(await sliceOf(id)).toMatchObject({ startSeconds: 0, offsetSeconds: expected });
    const master = await rig.text(`/sessions/${id}/master.m3u8`);
    expect(startOffset(master)).toBe(expected);
    expect(master.includes('#EXT-X-START')).toBe(expected > 0);
    await rig.close(id);
  });
});

describe('a source that does not come', () => {
  /** A name server that answers when it is let go. */
  let answerLookups = () => {};
  const answering = new Promise<void>((resolve) => {
    answerLookups = resolve;
  });
  let lookups = 0;
  const lookup = (
    _name: string,
    _options: unknown,
    callback: (error: null, found: { address: string; family: number }[]) => void,
  ) => {
    lookups += 1;
    answering.then(() => callback(null, [{ address: '127.0.0.1', family: 4 }]));
  };
  let waiting: Rig;
  let hasty: Rig;
  beforeAll(async () => {
    const retry = { attempts: 1, baseDelayMs: 1, maxDelayMs: 1, maxRetryAfterMs: 1 };
    waiting = await Rig.start({}, { lookup, waits: IMPATIENT });
    hasty = await Rig.start({}, { retry });
  });
  afterAll(() => Promise.all([waiting.stop(), hasty.stop()]));

  async function expectBusy(path: string, stage: unknown, progress: unknown = null): Promise<void> {
    const answer = await waiting.get(path);
    expect(answer.status, path).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(problemOf(answer)).toMatchObject({ code: 'wait_exceeded', stage, progress });
  }

  it('is told by its stage: first the name, then the server; and every try joins the same work', async () => {
    const named = origin.url('/two.mkv').replace('127.0.0.1', 'films.example');
    const id = await waiting.open(named);
    origin.setFaults('/two.mkv', { delayHeadMs: 60_000 });
    for (const path of [
      'master.m3u8',
      'stream',
      'stream/s0a0-0.ts',
      'hls/v0/playlist.m3u8',
      'hls/v0/0.m4s',
    ]) {
      await expectBusy(`/sessions/${id}/${path}`, 'resolve');
    }
    expect((await waiting.view(id)).stage).toMatchObject({ stage: 'resolve' });
    expect(lookups).toBe(1);
    // A choice that cannot be checked yet is kept; it turns out to be none of the film's.
    expect((await choose(id, 5, waiting)).status).toBe(200);
    answerLookups();
    await expect.poll(async () => (await waiting.view(id)).stage.stage).toBe('connect');
    await expectBusy(`/sessions/${id}/stream`, 'connect');
    await expectBusy(`/sessions/${id}/direct`, 'connect');
    origin.setFaults('/two.mkv', null);
    origin.dropConnections();
    await expect.poll(async () => (await waiting.get(`/sessions/${id}/stream`)).status).toBe(200);
    expect((await sliceOf(id, '', waiting)).names[0]).toBe('s0a1-0.ts');
    const { sessions } = json(await waiting.get('/stats')) as { sessions: { id: string; probe: unknown }[] };
    expect(sessions.find((session) => session.id === id)?.probe).toEqual({ runs: 1, failures: 0 });
    await waiting.close(id);
  });

  it('is waited for by direct play no longer than by the others', async () => {
    const id = await waiting.open(origin.url('/film.mkv'));
    origin.setFaults('/film.mkv', { delayHeadMs: 60_000 });
    await expectBusy(`/sessions/${id}/direct`, 'connect');
    await waiting.close(id);
    origin.setFaults('/film.mkv', null);
  });

  it('says how much of it is here where it only comes whole', async () => {
    const id = await waiting.open(origin.url('/film.mkv'));
    origin.setFaults('/film.mkv', { ignoreRange: true, stall: { afterBytes: 200_000 } });
    const progress = {
      asymmetricMatch: (value: unknown) => typeof value === 'number' && value > 0 && value < 1,
    };
    const stage = expect.stringMatching(/^(probe|plan)$/);
    await expectBusy(`/sessions/${id}/stream`, stage, progress);
    expect((await waiting.view(id)).stage).toMatchObject({ stage, progress });
    await waiting.close(id);
    origin.setFaults('/film.mkv', null);
  });

  it.each([
    ['refuses to come is left alone for a while', 404, 'source_not_found', null],
    ['fails says for how long it is left alone', 500, 'source_failed', 20],
  ] as const)('that %s', async (_, status, code, longestSeconds) => {
    const id = await hasty.open(origin.url('/film.mkv'));
    origin.setFaults('/film.mkv', { status: { code: status } });
    const failed = await hasty.get(`/sessions/${id}/stream`);
    expect(problemOf(failed).code).toBe(code);
    const asked = origin.log.requests('/film.mkv').length;
    origin.setFaults('/film.mkv', null);
    for (const answer of [failed, await hasty.get(`/sessions/${id}/stream`)]) {
      expect(problemOf(answer).code).toBe(code);
      const wait = answer.headers.get('retry-after');
      if (longestSeconds === null) expect(wait).toBeNull();
      else expect(Number(wait)).toSatisfy((seconds) => seconds > 1 && seconds <= longestSeconds);
    }
    expect(origin.log.requests('/film.mkv')).toHaveLength(asked);
    await hasty.close(id);
  });

  it('but is a file that was not there yet, is opened as soon as it is', async () => {
    const path = join(folder, 'late.mkv');
    const id = await rig.open(path);
    expect(problemOf(await rig.get(`/sessions/${id}/stream`)).code).toBe('source_not_found');
    await copyFile(await film('gop2-mkv'), path);
    const again = async () => (await rig.get(`/sessions/${id}/stream`)).status;
    await expect.poll(again, { timeout: 10_000 }).toBe(200);
    await rig.close(id);
  });
});
