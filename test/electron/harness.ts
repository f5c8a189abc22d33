import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { electronExecutable } from '../../build/setup/electron.ts';
import { PROJECT } from '../../build/setup/project.ts';
import type { IpcHealth } from '../../electron/ipc/contract.ts';
import { processTree } from '../support/processes.ts';
import { type AttachedApp, startAttached } from './attach.ts';
import { type Display, startDisplay } from './display.ts';

export interface LaunchOptions {
  /** What to open, as on the command line. */
  targets?: readonly string[];
  /** Beyond this process's own environment. */
  env?: Record<string, string>;
  /** An app's folder; default: this project with what is built in `out/`. */
  folder?: string;
  /** Chromium or Electron switches. */
  switches?: readonly string[];
  /** To share a screen or a profile between two launches; then their owner disposes of them. */
  display?: Display;
  userData?: string;
}

export interface RunningApp extends Omit<AttachedApp, 'quit'> {
  userData: string;
  display: Display;
  /** `window.raffi.health.get()` once the core is ready. */
  ready(): Promise<IpcHealth>;
  /** The core's process id. */
  corePid(): number;
  /** Quits as a person would; resolves with the processes that outlived it. Safe to call twice. */
  close(): Promise<number[]>;
}

const READY_TIMEOUT_MS = 60_000;
const ANSWER_TIMEOUT_MS = 5_000;
const POLL_MS = 50;

/** Starts the built app in real Electron, with a profile and a screen of its own. The core takes a free port. */
export async function launchApp(options: LaunchOptions = {}): Promise<RunningApp> {
  const display = options.display ?? (await startDisplay());
  const userData = options.userData ?? (await mkdtemp(join(tmpdir(), 'raffi-profile-')));
  const dispose = async (): Promise<void> => {
    if (options.display === undefined) await display.stop();
    if (options.userData === undefined) await rm(userData, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    return await launch(options, display, userData, dispose);
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function launch(
  options: LaunchOptions,
  display: Display,
  userData: string,
  dispose: () => Promise<void>,
): Promise<RunningApp> {
  const { quit, ...app } = await startAttached({
    executable: electronExecutable(),
    args: [
      ...(options.switches ?? []),
      `--user-data-dir=${userData}`,
      options.folder ?? PROJECT,
      '--',
      ...(options.targets ?? []),
    ],
    env: { DISPLAY: display.name, ...options.env },
  });
  let closed: Promise<number[]> | undefined;
  return {
    ...app,
    userData,
    display,
    ready: () => readyOf(app),
    corePid: () => corePidOf(app.pid),
    close: () => {
      closed ??= quit().finally(dispose);
      return closed;
    },
  };
}

/** Asks again and again, each time bounded: an answer that is lost, or a page that is just being replaced, costs one ask. */
async function readyOf({ page, log }: Pick<AttachedApp, 'page' | 'log'>): Promise<IpcHealth> {
  const giveUpAt = performance.now() + READY_TIMEOUT_MS;
  let trouble = '';
  while (performance.now() < giveUpAt) {
    const asked = page
      .evaluate(() => window.raffi.health.get())
      .catch((error: unknown) => {
        trouble = String(error);
        return null;
      });
    const health = await Promise.race([asked, delay(ANSWER_TIMEOUT_MS, null, { ref: false })]);
    if (health?.state === 'failed') throw new Error(health.reason);
    if (health?.state === 'ready') return health;
    await delay(POLL_MS);
  }
  throw new Error(`The app was not ready within ${READY_TIMEOUT_MS / 1000} s. ${trouble}\n${log()}`);
}

function corePidOf(pid: number): number {
  const cores = processTree(pid).filter(({ commandLine }) =>
    commandLine.includes('--utility-sub-type=node.mojom.NodeService'),
  );
  const [core] = cores;
  if (core === undefined || cores.length > 1)
    throw new Error(`${cores.length} core processes instead of one`);
  return core.pid;
}
