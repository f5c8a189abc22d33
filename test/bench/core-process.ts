import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { CastLoad } from '../../src/cast/types.ts';
import { loadConfig } from '../../src/config.ts';
import { createCore } from '../../src/index.ts';
import type { SessionRequest } from '../../src/session/types.ts';

/** The core in a process of its own, so that its memory is its own and its event loop shares nothing with the origin's. */
export type Ask =
  | { open: SessionRequest }
  | { rest: true }
  | { stop: true }
  /** Answered when the device is there, or is gone. */
  | { device: string; isThere: boolean }
  | { cast: CastLoad }
  | { castNoMore: true };

let stopLooking: (() => void) | undefined;

const REST_WINDOW_MS = 20;
const REST_CPU_MS = 1;

const core = createCore(
  loadConfig(process.env, {
    port: 0,
    logLevel: 'error',
    torrentEntry: join(import.meta.dirname, 'torrent.mjs'),
  }),
);
const { baseUrl } = await core.start();
process.send?.({ baseUrl });

process.on('message', async (ask: Ask) => {
  process.send?.(await answer(ask));
  if ('stop' in ask) process.disconnect();
});

async function answer(ask: Ask): Promise<object> {
  if ('open' in ask) return core.open(ask.open);
  if ('device' in ask) await deviceIs(ask.device, ask.isThere);
  else if ('cast' in ask) await core.cast.load(ask.cast);
  else if ('castNoMore' in ask) await core.cast.stop();
  else if ('rest' in ask) await rest();
  else await core.stop();
  return {};
}

/** Looks for devices from the first time on that one is asked for. */
async function deviceIs(wanted: string, isThere: boolean): Promise<void> {
  await new Promise<void>((resolve) => {
    // The first call comes before there is a function to call: the listener stays until another one is there.
    const stop = core.cast.subscribe(({ devices }) => {
      if (devices.some(({ id }) => id === wanted) === isThere) resolve();
    });
    stopLooking?.();
    stopLooking = stop;
  });
}

/** Resolves once no thread of the process had anything to do for a moment: by the processor, since garbage is collected beside the event loop. */
async function rest(): Promise<void> {
  let busyMs = Number.POSITIVE_INFINITY;
  while (busyMs > REST_CPU_MS) {
    const before = process.cpuUsage();
    await delay(REST_WINDOW_MS);
    const { user, system } = process.cpuUsage(before);
    busyMs = (user + system) / 1000;
  }
}
