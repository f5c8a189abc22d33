import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { problem, RaffiError } from '../../../src/errors.ts';
import { lastOf, type ScriptedCore, scriptedSupervisor } from './scripted-core.fixture.ts';
import type { CoreStatus, Supervisor } from './supervisor.ts';

const BASE_URL = 'http://127.0.0.1:6969';
const HEALTH = {
  ok: true,
  version: '1.0.0',
  sessions: 0,
  ffmpeg: {
    ffmpeg: { missing: 'none' },
    ffprobe: { path: '/ffprobe', version: '7' },
    encoder: { used: 'libx264', realTime: null, refused: [] },
  },
};

describe('the supervisor', () => {
  let cores: ScriptedCore[];
  let supervisor: Supervisor;
  let states: CoreStatus['state'][];

  beforeEach(() => {
    vi.useFakeTimers();
    states = [];
    ({ supervisor, cores } = scriptedSupervisor());
    supervisor.subscribe(({ state }) => {
      if (states.at(-1) !== state) states.push(state);
    });
    supervisor.start();
  });
  afterEach(() => vi.useRealTimers());

  const last = () => lastOf(cores);

  test('starts one core as configured', () => {
    supervisor.start();
    expect(cores).toHaveLength(1);
    expect(last().received).toEqual([
      { type: 'start', defaults: { cacheDir: '/cache', resourcesDir: null }, port: null, sessions: [] },
    ]);
    last().say({ type: 'started', baseUrl: BASE_URL });
    expect(supervisor.status).toMatchObject({ state: 'ready', baseUrl: BASE_URL });
  });

  test('restarts a crashed core at once, on its port, with its sessions', async () => {
    const session = {
      id: randomUUID(),
      source: '/film.mkv',
      kind: 'file',
      startTime: 7,
      audioIndex: 1,
    } as const;
    last().say({ type: 'started', baseUrl: BASE_URL });
    last().say({ type: 'sessions', sessions: [session] });
    last().die('it crashed');
    expect(supervisor.status).toMatchObject({ state: 'restarting', baseUrl: BASE_URL, reason: 'it crashed' });
    await vi.advanceTimersByTimeAsync(0);
    expect(last().received[0]).toMatchObject({ type: 'start', port: 6969, sessions: [session] });
    last().say({ type: 'started', baseUrl: BASE_URL });
    expect(supervisor.status).toMatchObject({ state: 'ready', reason: undefined, sessions: 1 });
    expect(states).toEqual(['ready', 'restarting', 'ready']);
  });

  test('gives up after six crashes in a minute, and tries again when a film is opened', async () => {
    for (let crash = 0; crash < 6; crash += 1) {
      last().die('it crashed');
      await vi.advanceTimersByTimeAsync(4_000);
    }
    expect(cores).toHaveLength(6);
    expect(supervisor.status).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('restart Raffi'),
    });
    const opened = supervisor.open({ source: 'http://host/film', kind: 'http' });
    expect(cores).toHaveLength(7);
    last().say({ type: 'started', baseUrl: BASE_URL });
    await vi.advanceTimersByTimeAsync(0);
    const sessionId = randomUUID();
    last().say({ type: 'answer', requestId: 1, value: { sessionId } });
    expect(await opened).toBe(sessionId);
  });

  test('a core that refuses to start is not started again', async () => {
    const refusal = problem(new RaffiError('bad_config', 'RAFFI_SERVER_ADDR is "x".'));
    last().say({ type: 'refused', problem: refusal });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(cores).toHaveLength(1);
    expect(last().killed).toBe(true);
    expect(supervisor.status).toMatchObject({ state: 'failed', reason: 'RAFFI_SERVER_ADDR is "x".' });
    await expect(supervisor.issueCastToken({ sessionId: randomUUID() })).rejects.toMatchObject({
      code: 'core_unavailable',
    });
  });

  test('a core that does not listen in time is ended and replaced', async () => {
    await vi.advanceTimersByTimeAsync(15_000);
    await vi.advanceTimersByTimeAsync(1);
    expect(cores[0]?.killed).toBe(true);
    expect(cores).toHaveLength(2);
    expect(supervisor.status.reason).toContain('did not answer');
  });

  test('a core that answers no heartbeat is ended and replaced; one that answers lives on', async () => {
    last().say({ type: 'started', baseUrl: BASE_URL });
    const [first] = cores;
    for (let beat = 0; beat < 20; beat += 1) {
      await vi.advanceTimersByTimeAsync(5_000);
      const ping = first?.received.at(-1);
      if (ping?.type === 'health') first?.say({ type: 'answer', requestId: ping.requestId, value: HEALTH });
    }
    expect(cores).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(first?.killed).toBe(true);
    expect(cores).toHaveLength(2);
  });

  test('what waits for an answer is refused when the core dies', async () => {
    last().say({ type: 'started', baseUrl: BASE_URL });
    const opened = supervisor.open({ source: '/film.mkv', kind: 'file' });
    const outcome = expect(opened).rejects.toMatchObject({ code: 'core_unavailable' });
    await vi.advanceTimersByTimeAsync(0);
    last().die('it crashed');
    await outcome;
  });

  test("passes the core's own error on", async () => {
    last().say({ type: 'started', baseUrl: BASE_URL });
    const opened = supervisor.open({ source: 'http://169.254.169.254/', kind: 'http' });
    const outcome = expect(opened).rejects.toMatchObject({
      code: 'source_refused',
      message: 'Not that one.',
    });
    await vi.advanceTimersByTimeAsync(0);
    last().say({
      type: 'problem',
      requestId: 1,
      problem: problem(new RaffiError('source_refused', 'Not that one.')),
    });
    await outcome;
  });

  test('a late word of a dead core changes nothing', async () => {
    const [first] = cores;
    last().die('it crashed');
    await vi.advanceTimersByTimeAsync(0);
    first?.say({ type: 'started', baseUrl: 'http://127.0.0.1:1' });
    first?.die('again');
    expect(supervisor.status).toMatchObject({ state: 'restarting', baseUrl: null });
    expect(cores).toHaveLength(2);
  });

  test('stops politely, and restarts nothing afterwards', async () => {
    last().say({ type: 'started', baseUrl: BASE_URL });
    await supervisor.stop();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(last().received.at(-1)).toEqual({ type: 'stop' });
    expect(cores).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('a second stop waits for the same end, and asks the core only once', async () => {
    last().say({ type: 'started', baseUrl: BASE_URL });
    const post = vi.spyOn(last(), 'post').mockReturnValue();
    const ended: string[] = [];
    const first = supervisor.stop().then(() => ended.push('first'));
    const second = supervisor.stop().then(() => ended.push('second'));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(ended).toEqual([]);
    last().die('asked');
    await Promise.all([first, second, supervisor.stop()]);
    expect(ended).toEqual(['first', 'second']);
    expect(post).toHaveBeenCalledTimes(1);
  });

  test('nothing starts a core again once it was stopped', async () => {
    for (let crash = 0; crash < 6; crash += 1) {
      last().die('it crashed');
      await vi.advanceTimersByTimeAsync(4_000);
    }
    await supervisor.stop();
    const refused = expect(supervisor.open({ source: '/film.mkv', kind: 'file' })).rejects.toMatchObject({
      code: 'core_unavailable',
    });
    await vi.advanceTimersByTimeAsync(60_000);
    await refused;
    expect(cores).toHaveLength(6);
  });

  test('ends by force a core that does not stop', async () => {
    last().say({ type: 'started', baseUrl: BASE_URL });
    vi.spyOn(last(), 'post').mockReturnValue();
    const stopped = supervisor.stop();
    await vi.advanceTimersByTimeAsync(2_500);
    await stopped;
    expect(last().killed).toBe(true);
  });
});
