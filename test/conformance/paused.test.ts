import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { film } from '../lab/media/index.ts';
import { cpuMs } from '../support/cpu.ts';
import { encodersOf } from '../support/encoders.ts';
import { Rig } from './rig.ts';

const WINDOW_MS = 3000;

/** Processor time of all encoders in a while, milliseconds. */
async function workOf(pids: readonly number[]): Promise<number> {
  const used = async () => {
    const all = await Promise.all(pids.map(cpuMs));
    return all.reduce<number>((sum, ms) => sum + (ms ?? 0), 0);
  };
  const before = await used();
  await delay(WINDOW_MS);
  return (await used()) - before;
}

test.runIf(process.platform === 'linux')(
  'an encoder whose film is paused comes to rest, and is still there',
  async () => {
    const rig = await Rig.start();
    const id = await rig.open(await film('mpeg4-long-mkv'));
    await rig.bytesInTime(`/sessions/${id}/hls/v0/0.m4s`);
    await rig.bytesInTime(`/sessions/${id}/hls/a0/0.m4s`);
    const encoders = encodersOf(process.pid);
    expect(encoders.length).toBeGreaterThan(0);
    await expect.poll(() => workOf(encoders), { timeout: 50_000 }).toBe(0);
    // At rest, not at an end: the film is longer than what is made ahead of its player.
    expect(encodersOf(process.pid).length).toBeGreaterThan(0);
    await rig.stop();
  },
  60_000,
);
