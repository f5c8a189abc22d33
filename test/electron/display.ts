import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { atProcessEnd } from './last-will.ts';

/** A screen for windows: the machine's own, or an Xvfb of ours. */
export interface Display {
  /** Value of `DISPLAY`. */
  name: string;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 5_000;
/** `-noreset`: without it the server starts anew when its last client leaves, and refuses whoever connects meanwhile. */
const ARGUMENTS = ['-displayfd', '3', '-screen', '0', '1400x900x24', '-nolisten', 'tcp', '-noreset'];

/** The present display, or a fresh Xvfb on a number that it chooses itself (so that runs side by side never collide). */
export async function startDisplay(): Promise<Display> {
  const present = process.env.DISPLAY;
  if (process.platform !== 'linux' || present !== undefined)
    return { name: present ?? '', stop: async () => {} };
  const server = spawn('Xvfb', ARGUMENTS, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const ended = new Promise<null>((resolve) => {
    server.once('error', () => resolve(null));
    server.once('exit', () => resolve(null));
  });
  void ended.then(atProcessEnd(() => server.kill('SIGKILL')));
  const number = await Promise.race([firstLine(server.stdio[3] as Readable), ended, bound(START_TIMEOUT_MS)]);
  if (number === null) {
    server.kill('SIGKILL');
    throw new Error('Xvfb does not start. Type: npm run setup -- --tests');
  }
  return {
    name: `:${number}`,
    stop: async () => {
      server.kill();
      await Promise.race([ended, bound(STOP_TIMEOUT_MS)]);
      server.kill('SIGKILL');
      await ended;
    },
  };
}

/** Xvfb writes its number and the line's end in two pieces. */
function firstLine(report: Readable): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    report.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
      if (text.includes('\n')) resolve(text.trim());
    });
  });
}

function bound(ms: number): Promise<null> {
  return delay(ms, null, { ref: false });
}
