import { afterAll, beforeAll, expect } from 'vitest';
import { realClip } from '../lab/media/index.ts';
import { startReceiver } from '../lab/receiver/index.ts';
import { startOtherSender } from '../lab/receiver/other-sender.ts';
import { testWithOtherSender } from '../support/cast-gate.ts';
import { LAN_ADDRESS } from '../support/lan-address.ts';
import { Watcher } from './cast-rig.ts';
import { Rig } from './rig.ts';

const host = LAN_ADDRESS ?? '';

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start();
});
afterAll(() => rig.stop());

testWithOtherSender('two senders control one film', async () => {
  await using receiver = await startReceiver({ host, name: 'Two senders' });
  using watcher = new Watcher(rig.core);
  await watcher.device(receiver);
  const sessionId = await rig.open(await realClip());
  await rig.core.cast.load({ deviceId: receiver.id, sessionId, startSeconds: 4 });
  await using other = await startOtherSender(host, receiver.port);
  expect(await other.do('pause')).toMatchObject({
    state: 'PAUSED',
    title: (await rig.view(sessionId)).name,
  });
  await watcher.state('paused');
  await other.do('seek 21');
  await expect.poll(() => watcher.status.positionSeconds).toBeGreaterThanOrEqual(21);
  await other.do('volume 0.75');
  await expect.poll(() => watcher.status.volume).toBe(0.75);
  await other.do('quit');
  expect(await watcher.state('idle')).toMatchObject({ device: null, problem: null });
  await rig.close(sessionId);
});

testWithOtherSender("another sender's film is shown, and can be controlled", async () => {
  await using receiver = await startReceiver({ host, name: 'Other film' });
  using watcher = new Watcher(rig.core);
  await watcher.device(receiver);
  await rig.core.cast.join(receiver.id);
  expect(watcher.status.state).toBe('idle');
  const sessionId = await rig.open(await realClip());
  const { streamUrl } = await rig.core.issueCastToken({ sessionId });
  await using other = await startOtherSender(host, receiver.port);
  await other.do(`load ${streamUrl}`);
  await rig.core.cast.join(receiver.id);
  expect(await watcher.state('playing')).toMatchObject({ sessionId: null, title: 'Another film' });
  await rig.core.cast.pause();
  expect(await other.do('look')).toMatchObject({ state: 'PAUSED' });
  await expect(rig.core.cast.setTracks({ audioIndex: 0 })).rejects.toMatchObject({ code: 'cast_failed' });
  await rig.core.cast.stop();
  expect(await other.do('look')).toMatchObject({ app: null });
  await rig.close(sessionId);
});
