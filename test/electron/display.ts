import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';

/** A screen for windows: the machine's own, or an Xvfb of ours. */
export interface Display {
  /** Value of `DISPLAY`. */
  name: string;
  stop(): Promise<void>;
}

/** The present display, or a fresh Xvfb on a number that it chooses itself (so that runs side by side never collide). */
export async function startDisplay(): Promise<Display> {
  const present = process.env.DISPLAY;
  if (process.platform !== 'linux' || present !== undefined)
    return { name: present ?? '', stop: async () => {} };
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1400x900x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const exited = once(server, 'exit');
  const report = server.stdio[3] as Readable;
  const first = await Promise.race([once(report, 'data'), exited.then(() => null)]);
  if (first === null) throw new Error('Xvfb ended at once. Type: npm run setup -- --tests');
  return {
    name: `:${String(first[0]).trim()}`,
    stop: async () => {
      server.kill();
      await exited;
    },
  };
}
