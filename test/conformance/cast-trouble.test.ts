import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { CoreConfig } from '../../src/config.ts';
import type { CastTiming } from '../../src/runtime.ts';
import { settledDiff, snapshot } from '../lab/leaks.ts';
import { realClip } from '../lab/media/index.ts';
import { type LabReceiver, startReceiver } from '../lab/receiver/index.ts';
import { LAN_ADDRESS, LAN_NOTE } from '../support/lan-address.ts';
import { loads, messages, Watcher } from './cast-rig.ts';
import { Rig } from './rig.ts';

const host = LAN_ADDRESS ?? '';

const OFTEN = Array.from({ length: 20 }, () => 100);

let rig: Rig | undefined;
afterEach(async () => {
  await rig?.stop();
  rig = undefined;
});

async function started(config: Partial<CoreConfig>, cast: CastTiming): Promise<Rig> {
  rig = await Rig.start(config, { cast });
  return rig;
}

/** Casts the clip to a device that is known by its address. */
async function castTo(where: Rig, receiver: LabReceiver): Promise<string> {
  const device = await where.core.cast.addDevice(`${host}:${receiver.port}`);
  const sessionId = await where.open(await realClip());
  await where.core.cast.load({ deviceId: device.id, sessionId, startSeconds: 2 });
  return sessionId;
}

describe.skipIf(LAN_ADDRESS === undefined)(`trouble with a device${LAN_NOTE}`, () => {
  test('one that falls silent is lost, and found again when it speaks', async () => {
    const here = await started({}, { heartbeatMs: 1_000, reconnectPausesMs: OFTEN });
    await using receiver = await startReceiver({ host, name: 'Falls silent', unannounced: true });
    using watcher = new Watcher(here.core);
    await castTo(here, receiver);
    await watcher.state('playing');
    receiver.command({ do: 'hush', on: true });
    await watcher.state('reconnecting');
    await expect(here.core.cast.pause()).rejects.toMatchObject({ code: 'cast_device_unreachable' });
    receiver.command({ do: 'hush', on: false });
    await watcher.state('playing');
    await here.core.cast.pause();
    await watcher.state('paused');
    expect(loads(receiver)).toHaveLength(1);
  });

  test('one that cannot fetch from this computer is told apart, with what to do', async () => {
    const here = await started({ castHost: 'raffi.invalid' }, {});
    await using receiver = await startReceiver({ host, name: 'Cannot fetch', unannounced: true });
    await expect(castTo(here, receiver)).rejects.toMatchObject({
      code: 'cast_address_unreachable',
      message: expect.stringMatching(/firewall/),
    });
    const { problem } = here.core.cast.snapshot().status;
    expect(problem).toMatchObject({ code: 'cast_address_unreachable' });
    const [session] = (JSON.parse(await here.text('/sessions')) as { sessions: { id: string }[] }).sessions;
    const check = await here.core.cast.check(session?.id ?? '');
    expect(check).toMatchObject({
      ok: false,
      url: `http://raffi.invalid:${new URL(check.url ?? '').port}/sessions/${session?.id}`,
      problem: { code: 'cast_address_unreachable' },
    });
  });

  test('one that takes the connection and says nothing keeps nobody waiting who stops', async () => {
    const here = await started({}, {});
    const mute = await listening();
    const { port } = mute.address() as { port: number };
    // It has no TLS to speak of: `addDevice` would find that out, a device that was found by mDNS tells it as late.
    const adding = here.core.cast.addDevice(`${host}:${port}`, AbortSignal.timeout(300));
    await expect(adding).rejects.toMatchObject({ name: 'TimeoutError' });
    await using receiver = await startReceiver({ host, name: 'Says nothing', unannounced: true });
    const device = await here.core.cast.addDevice(`${host}:${receiver.port}`);
    receiver.command({ do: 'hush', on: true });
    await receiver.line('connection', ({ what }) => what === 'closed');
    const sessionId = await here.open(await realClip());
    using watcher = new Watcher(here.core);
    const loading = here.core.cast.load({ deviceId: device.id, sessionId, startSeconds: 7 });
    const failed = expect(loading).rejects.toMatchObject({ code: 'aborted' });
    await watcher.state('connecting');
    expect(await here.core.cast.stop()).toEqual({ positionSeconds: 7 });
    await failed;
    expect(watcher.status).toMatchObject({ state: 'idle', problem: null });
    mute.close();
  });

  test('a core that stops takes its film off the television, and keeps nothing', async () => {
    await using receiver = await startReceiver({ host, name: 'Is left' });
    const evening = async () => {
      const here = await Rig.start();
      using watcher = new Watcher(here.core);
      await watcher.device(receiver);
      const sessionId = await here.open(await realClip());
      await here.core.cast.load({ deviceId: receiver.id, sessionId, startSeconds: 2 });
      await here.stop();
      expect(() => here.core.cast).toThrow(expect.objectContaining({ code: 'core_unavailable' }));
    };
    // The first of a process also fetches what is kept for all that follow.
    await evening();
    await receiver.line('status', ({ idleReason }) => idleReason === 'CANCELLED');
    const before = await snapshot();
    await evening();
    expect(await settledDiff(before)).toEqual({ resources: {}, descriptors: {}, children: {}, files: {} });
    expect(messages(receiver.lines, 'STOP')).toHaveLength(2);
  });

  test('the next film takes the place of the one before, and another device that of the first', async () => {
    const here = await started({}, {});
    await using first = await startReceiver({ host, name: 'First', unannounced: true });
    await using second = await startReceiver({ host, name: 'Second', unannounced: true });
    using watcher = new Watcher(here.core);
    await castTo(here, first);
    const sessionId = await castTo(here, first);
    expect(messages(first.lines, 'STOP')).toEqual([]);
    expect(loads(first)).toHaveLength(2);
    expect(await watcher.state('playing')).toMatchObject({ sessionId });
    await castTo(here, second);
    await first.line('status', ({ idleReason }) => idleReason === 'CANCELLED');
    expect(watcher.status.device?.port).toBe(second.port);
    // Three films are open, and one more for the device.
    const { sessions } = JSON.parse(await here.text('/sessions')) as { sessions: unknown[] };
    expect(sessions).toHaveLength(4);
  });
});

/** Takes connections, and says nothing. */
async function listening(): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return server;
}
