import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { film } from '../lab/media/index.ts';
import { type Origin, startOrigin } from '../lab/origin/index.ts';
import { json, problemOf, Rig } from './rig.ts';
import { sliceOf } from './slices.ts';

/** Requests give up soon, sources never: what is waited for here does not come until it is let go. */
const IMPATIENT = { viewMs: 300, playlistMs: 300, segmentMs: 300 };

let rig: Rig;
let origin: Origin;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'raffi-late-'));
  [rig, origin] = await Promise.all([
    Rig.start(),
    startOrigin({ files: { '/film.mkv': await film('gop2-mkv'), '/two.mkv': await film('two-audio-mkv') } }),
  ]);
});
afterAll(async () => {
  await Promise.all([rig.stop(), origin.close()]);
  await rm(folder, { recursive: true });
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
    expect((await waiting.send('POST', `/sessions/${id}/audio`, { index: 5 })).status).toBe(200);
    answerLookups();
    await expect.poll(async () => (await waiting.view(id)).stage.stage).toBe('connect');
    await expectBusy(`/sessions/${id}/stream`, 'connect');
    await expectBusy(`/sessions/${id}/direct`, 'connect');
    origin.setFaults('/two.mkv', null);
    origin.dropConnections();
    await expect.poll(async () => (await waiting.get(`/sessions/${id}/stream`)).status).toBe(200);
    expect((await sliceOf(waiting, id)).names[0]).toBe('s0a1-0.ts');
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
