import { setTimeout as delay } from 'node:timers/promises';
import { startOriginProcess } from '../lab/origin/index.ts';

/** Where a film lies: on this disk, or behind the lab's origin at 100 ms and 100 Mb/s. */
export interface Place {
  name: 'local' | 'origin';
  /** What to hand to a player for a film's path. */
  sourceOf: (path: string) => Promise<string>;
  /** Resolves once nothing is on the wire, so that one measurement does not share the link with the last one's read-ahead. */
  quiet: () => Promise<void>;
  close: () => Promise<void>;
}

export const LOCAL: Place = {
  name: 'local',
  sourceOf: async (path) => path,
  quiet: async () => {},
  close: async () => {},
};

export const ORIGIN_LINK = { latencyMs: 100, bitsPerSecond: 100_000_000 };

const QUIET_POLL_MS = 20;

/** The origin is a process of its own: serving must not take turns with the client that measures. */
export async function remotePlace(): Promise<Place> {
  const origin = await startOriginProcess(ORIGIN_LINK);
  return {
    name: 'origin',
    async sourceOf(path) {
      const name = `/${path.split('/').at(-1)}`;
      await origin.put(name, path);
      return origin.url(name);
    },
    async quiet() {
      while ((await origin.log()).active.length > 0) await delay(QUIET_POLL_MS);
      await origin.clearLog();
    },
    close: () => origin.close(),
  };
}
