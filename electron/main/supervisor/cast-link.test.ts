import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { CastSnapshot, CastStatus } from '../../../src/cast/types.ts';
import { problem, RaffiError } from '../../../src/errors.ts';
import { CastLink } from './cast-link.ts';
import { lastOf, type ScriptedCore, scriptedSupervisor } from './scripted-core.fixture.ts';

const BASE_URL = 'http://127.0.0.1:6969';
const DEVICE = {
  id: 'tv',
  name: 'Living room',
  model: 'Chromecast Ultra',
  host: '192.0.2.7',
  port: 8009,
  hasVideo: true,
  isManual: false,
};

const SESSION = randomUUID();
const snapshot = (state: CastStatus['state'], positionSeconds = 0): CastSnapshot => ({
  devices: [DEVICE],
  status: {
    state,
    device: DEVICE,
    sessionId: SESSION,
    title: 'film.mkv',
    positionSeconds,
    durationSeconds: 600,
    atMs: Date.now(),
    volume: 1,
    isMuted: false,
    audioIndex: 0,
    subtitleIndex: null,
    problem: null,
  },
});

describe('the link to the remote control', () => {
  let cores: ScriptedCore[];
  let link: CastLink;

  const last = () => lastOf(cores);
  const watched = () => last().received.flatMap((word) => (word.type === 'watchCast' ? [word.wanted] : []));
  const started = () => last().say({ type: 'started', baseUrl: BASE_URL });

  beforeEach(() => {
    vi.useFakeTimers();
    const scripted = scriptedSupervisor();
    cores = scripted.cores;
    scripted.supervisor.start();
    link = new CastLink(scripted.supervisor);
    return () => vi.useRealTimers();
  });

  test('asks the core to tell while somebody listens, and no longer', () => {
    const end = link.subscribe(() => {});
    expect(watched()).toEqual([]);
    started();
    const endSecond = link.subscribe(() => {});
    last().say({ type: 'health', health: { ok: true, version: '1', sessions: 0, ffmpeg: FFMPEG } });
    end();
    end();
    expect(watched()).toEqual([true]);
    endSecond();
    expect(watched()).toEqual([true, false]);
  });

  test('tells each listener what is known, then every change', () => {
    started();
    const first = vi.fn();
    link.subscribe(first);
    expect(first).not.toHaveBeenCalled();
    const playing = snapshot('playing');
    last().say({ type: 'cast', snapshot: playing });
    const second = vi.fn();
    link.subscribe(second);
    expect(first.mock.calls).toEqual([[playing]]);
    expect(second.mock.calls).toEqual([[playing]]);
  });

  describe('when the core dies', () => {
    const nothing: CastSnapshot = {
      devices: [],
      status: { ...snapshot('idle').status, device: null, sessionId: null, title: null },
    };
    let seen: CastStatus[];

    const lose = async (state: CastStatus['state'], positionSeconds = 0) => {
      started();
      link.subscribe(({ status }) => seen.push(status));
      last().say({ type: 'cast', snapshot: snapshot(state, positionSeconds) });
      last().die('it crashed');
      await vi.advanceTimersByTimeAsync(0);
      expect(watched()).toEqual([]);
      started();
      expect(watched()).toEqual([true]);
    };
    const commands = () => last().received.flatMap((word) => (word.type === 'cast' ? [word] : []));
    const answer = async (value: unknown) => {
      last().say({ type: 'answer', requestId: commands().at(-1)?.requestId ?? -1, value });
      await vi.advanceTimersByTimeAsync(0);
    };
    const say = async (word: CastSnapshot) => {
      last().say({ type: 'cast', snapshot: word });
      await vi.advanceTimersByTimeAsync(0);
    };

    beforeEach(() => {
      seen = [];
    });

    test('what it cast is taken up by the next one, once that has found the device', async () => {
      await lose('playing', 100);
      await say(nothing);
      expect(commands()).toEqual([]);
      expect(seen.at(-1)).toMatchObject({ state: 'reconnecting', positionSeconds: 100, device: DEVICE });
      await say({ ...nothing, devices: [DEVICE] });
      await say({ ...nothing, devices: [DEVICE] });
      expect(commands().map(({ command }) => command)).toEqual([{ do: 'join', deviceId: 'tv' }]);
      await say({ devices: [DEVICE], status: { ...nothing.status, state: 'connecting', device: DEVICE } });
      expect(seen.at(-1)).toMatchObject({ state: 'reconnecting', sessionId: SESSION });
      await say(snapshot('loading', 103));
      await answer(undefined);
      expect(commands()).toHaveLength(1);
      expect(seen.at(-1)).toMatchObject({ state: 'loading', positionSeconds: 103 });
    });

    test('where the device plays nothing any more, nothing is cast', async () => {
      await lose('paused', 100);
      await say({ ...nothing, devices: [DEVICE] });
      await answer(undefined);
      expect(seen.at(-1)).toMatchObject({ state: 'idle', sessionId: null });
    });

    test('who casts another film meanwhile wants the lost one no more', async () => {
      await lose('playing', 100);
      const other = snapshot('connecting');
      await say({ ...other, status: { ...other.status, sessionId: randomUUID() } });
      await say({ ...nothing, devices: [DEVICE] });
      expect(commands()).toEqual([]);
      expect(seen.at(-1)?.state).toBe('idle');
    });

    test('a device that was given by its address is given again', async () => {
      started();
      link.subscribe(({ status }) => seen.push(status));
      const manual = { ...DEVICE, isManual: true };
      const playing = snapshot('playing');
      last().say({ type: 'cast', snapshot: { ...playing, status: { ...playing.status, device: manual } } });
      last().die('it crashed');
      await vi.advanceTimersByTimeAsync(0);
      started();
      await say(nothing);
      expect(commands().at(-1)?.command).toEqual({ do: 'addDevice', address: '192.0.2.7:8009' });
      await answer(manual);
      expect(commands().at(-1)?.command).toMatchObject({ do: 'join' });
    });

    test.each(['idle', 'loading', 'ended', 'failed'] as const)('what was %s is left alone', async (state) => {
      await lose(state);
      await say({ ...nothing, devices: [DEVICE] });
      expect(commands()).toEqual([]);
      expect(seen.at(-1)?.state).toBe('idle');
    });

    test('a device that is not found again is told of', async () => {
      await lose('playing', 100);
      await say(nothing);
      await vi.advanceTimersByTimeAsync(30_000);
      expect(seen.at(-1)).toMatchObject({ state: 'failed', problem: { code: 'cast_no_device' } });
      await say({ ...nothing, devices: [DEVICE] });
      expect(commands()).toEqual([]);
    });

    test('why the device refuses it is told', async () => {
      await lose('playing', 100);
      await say({ ...nothing, devices: [DEVICE] });
      const refusal = problem(new RaffiError('cast_refused', 'It is busy.'));
      last().say({ type: 'problem', requestId: commands()[0]?.requestId ?? -1, problem: refusal });
      await vi.advanceTimersByTimeAsync(0);
      expect(seen.at(-1)).toMatchObject({ state: 'failed', problem: { detail: 'It is busy.' } });
    });

    test('a core that dies again leaves it to the next', async () => {
      await lose('playing', 100);
      await say({ ...nothing, devices: [DEVICE] });
      last().die('it crashed again');
      await vi.advanceTimersByTimeAsync(4000);
      started();
      await say({ ...nothing, devices: [DEVICE] });
      expect(commands().at(-1)?.command).toEqual({ do: 'join', deviceId: 'tv' });
    });

    test('a core that is given up takes the cast with it', async () => {
      started();
      link.subscribe(({ status }) => seen.push(status));
      last().say({ type: 'cast', snapshot: snapshot('playing', 42) });
      for (let crash = 0; crash < 6; crash += 1) {
        last().die('it crashed');
        await vi.advanceTimersByTimeAsync(4_000);
      }
      expect(seen.at(-1)).toMatchObject({
        state: 'failed',
        positionSeconds: 42,
        problem: { code: 'core_unavailable', detail: expect.stringContaining('restart Raffi') },
      });
    });

    test('who listens no more wants nothing back', async () => {
      started();
      const end = link.subscribe(({ status }) => seen.push(status));
      last().say({ type: 'cast', snapshot: snapshot('playing') });
      last().die('it crashed');
      end();
      await vi.advanceTimersByTimeAsync(0);
      started();
      expect(watched()).toEqual([]);
      link.subscribe(({ status }) => seen.push(status));
      await say({ ...nothing, devices: [DEVICE] });
      expect(commands()).toEqual([]);
      expect(seen.at(-1)?.state).toBe('idle');
    });
  });

  test("a command's answer is the core's, and checked", async () => {
    started();
    const stopped = link.run({ do: 'stop' });
    await vi.advanceTimersByTimeAsync(0);
    expect(last().received.at(-1)).toEqual({ type: 'cast', requestId: 1, command: { do: 'stop' } });
    last().say({ type: 'answer', requestId: 1, value: { positionSeconds: 7.5 } });
    expect(await stopped).toEqual({ positionSeconds: 7.5 });
    const wrong = expect(link.run({ do: 'addDevice', address: 'tv' })).rejects.toThrow();
    await vi.advanceTimersByTimeAsync(0);
    last().say({ type: 'answer', requestId: 2, value: { name: 'no device' } });
    await wrong;
  });

  test("a refusal is the core's own", async () => {
    started();
    const refused = expect(link.run({ do: 'play' })).rejects.toMatchObject({
      code: 'not_found',
      message: 'Nothing is cast.',
    });
    await vi.advanceTimersByTimeAsync(0);
    last().say({
      type: 'problem',
      requestId: 1,
      problem: problem(new RaffiError('not_found', 'Nothing is cast.')),
    });
    await refused;
  });
});

const FFMPEG = {
  ffmpeg: { missing: 'none' },
  ffprobe: { missing: 'none' },
  encoder: { used: 'libx264', realTime: null, refused: [] },
};
