import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { idleStatus } from '../../src/cast/cast-status.ts';
import type { CastDevice, CastRemote } from '../../src/cast/types.ts';
import { CAST_ANSWERS, type CastCommand, CastCommandSchema } from '../ipc/cast.ts';
import { runCast } from './cast.ts';

const SESSION = randomUUID();
const TV: CastDevice = {
  id: 'tv',
  name: 'Living room',
  model: null,
  host: '192.0.2.7',
  port: 8009,
  hasVideo: true,
  isManual: true,
};

/** A remote control that writes down what it is told. */
function recording() {
  const told: unknown[][] = [];
  const done = async (...call: unknown[]) => {
    told.push(call);
  };
  const remote: CastRemote = {
    snapshot: () => ({ devices: [TV], status: idleStatus(0, 0) }),
    subscribe: () => () => {},
    addDevice: async (address) => done('addDevice', address).then(() => TV),
    load: (request) => done('load', request),
    join: (deviceId) => done('join', deviceId),
    play: () => done('play'),
    pause: () => done('pause'),
    seek: (seconds) => done('seek', seconds),
    setVolume: (level, isMuted) => done('setVolume', level, isMuted),
    setTracks: (tracks) => done('setTracks', tracks),
    stop: async () => done('stop').then(() => ({ positionSeconds: 12.5 })),
    check: async (sessionId) =>
      done('check', sessionId).then(() => ({ ok: true, url: 'http://192.0.2.1:8000/', problem: null })),
  };
  return { told, remote };
}

const LOAD = { deviceId: 'tv', sessionId: SESSION, startSeconds: 61.25, audioIndex: 1, subtitleIndex: null };

test.each<[CastCommand, unknown[][], unknown]>([
  [{ do: 'devices' }, [], [TV]],
  [{ do: 'addDevice', address: '192.0.2.7:8009' }, [['addDevice', '192.0.2.7:8009']], TV],
  [{ do: 'load', request: LOAD }, [['load', LOAD]], undefined],
  [{ do: 'join', deviceId: 'tv' }, [['join', 'tv']], undefined],
  [{ do: 'play' }, [['play']], undefined],
  [{ do: 'pause' }, [['pause']], undefined],
  [{ do: 'seek', seconds: 7.5 }, [['seek', 7.5]], undefined],
  [{ do: 'setVolume', level: 0.4, isMuted: true }, [['setVolume', 0.4, true]], undefined],
  [{ do: 'setTracks', tracks: { subtitleIndex: 2 } }, [['setTracks', { subtitleIndex: 2 }]], undefined],
  [{ do: 'stop' }, [['stop']], { positionSeconds: 12.5 }],
  [
    { do: 'check', sessionId: SESSION },
    [['check', SESSION]],
    { ok: true, url: 'http://192.0.2.1:8000/', problem: null },
  ],
])('$do reaches the remote control, and its answer is what was agreed', async (command, calls, answer) => {
  const { told, remote } = recording();
  const parsed = CastCommandSchema.parse(structuredClone(command));
  expect(await runCast(remote, parsed)).toEqual(answer);
  expect(told).toEqual(calls);
  expect(CAST_ANSWERS[command.do].parse(structuredClone(answer))).toEqual(answer);
});

test.each([
  { do: 'seek', seconds: -1 },
  { do: 'seek', seconds: Number.NaN },
  { do: 'setVolume', level: 2 },
  { do: 'load', request: { ...LOAD, sessionId: '../etc' } },
  { do: 'load', request: { ...LOAD, url: 'http://elsewhere/' } },
  { do: 'addDevice', address: 'a'.repeat(5000) },
  { do: 'launch' },
  null,
])('what a page may not say is refused (%j)', (command) => {
  expect(CastCommandSchema.safeParse(command).success).toBe(false);
});
