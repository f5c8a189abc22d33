import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { realClip } from '../lab/media/index.ts';
import { startReceiver } from '../lab/receiver/index.ts';
import { LAN_ADDRESS, LAN_NOTE } from '../support/lan-address.ts';
import { expectAllFetched, Watcher } from './cast-rig.ts';
import { Rig } from './rig.ts';

const MINUTE_MS = 60_000;
const HOURS = 3;
const NEVER_MS = 1e9;

let rig: Rig;
beforeAll(async () => {
  // The wall clock and what is done at intervals (renewing and sweeping tokens) go as the test says; requests and answers take the time they take.
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] });
  rig = await Rig.start({}, { cast: { heartbeatMs: NEVER_MS } });
});
afterAll(async () => {
  await rig.stop();
  vi.useRealTimers();
});

test.skipIf(LAN_ADDRESS === undefined)(
  `a film of three hours goes on: its token outlasts the quarter of an hour it is good for${LAN_NOTE}`,
  async () => {
    await using receiver = await startReceiver({ host: LAN_ADDRESS ?? '', name: 'Three hours' });
    using watcher = new Watcher(rig.core);
    const { cast } = rig.core;
    await cast.addDevice(`${receiver.host}:${receiver.port}`);
    const sessionId = await rig.open(await realClip());
    const deviceId = `${receiver.host}:${receiver.port}`;
    await cast.load({ deviceId, sessionId, startSeconds: 0 });
    const segments = () => receiver.all('request').filter(({ url }) => /\.ts\?/.test(url));
    for (let minute = 0; minute < HOURS * 60; minute += 4) {
      vi.advanceTimersByTime(4 * MINUTE_MS);
      const before = segments().length;
      // Each seek has segments fetched anew.
      await cast.seek((minute / 4) % 2 === 0 ? 1 : 13);
      await expect.poll(() => segments().length).toBeGreaterThan(before);
    }
    expectAllFetched(receiver);
    const tokens = new Set(
      receiver.all('request').map(({ url }) => new URL(url).searchParams.get('cast_token')),
    );
    expect(tokens.size).toBe(1);
    expect(watcher.status.problem).toBeNull();
    await cast.stop();
  },
);
