import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { electronExecutable } from '../../build/setup/electron.ts';
import { PROJECT } from '../../build/setup/project.ts';
import type { IpcHealth } from '../../electron/ipc/contract.ts';
import { type Display, startDisplay } from './display.ts';
import { isAlive, processTree } from './processes.ts';

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

export interface RunningApp {
  electron: ElectronApplication;
  page: Page;
  /** The main process's id. */
  pid: number;
  userData: string;
  display: Display;
  /** Everything the page and the processes wrote so far, for a failing test's message. */
  log(): string;
  /** `window.raffi.health.get()` once the core is ready. */
  ready(): Promise<IpcHealth>;
  /** The core's process id. */
  corePid(): number;
  /** Quits as a person would; resolves with the processes that outlived it. Safe to call twice. */
  close(): Promise<number[]>;
}

const QUIT_TIMEOUT_MS = 10_000;
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
  const lines: string[] = [];
  const electron = await _electron.launch({
    executablePath: electronExecutable(),
    args: [
      ...(options.switches ?? []),
      `--user-data-dir=${userData}`,
      options.folder ?? PROJECT,
      '--',
      ...(options.targets ?? []),
    ],
    env: environment({ DISPLAY: display.name, ...options.env }),
    // Chromium refuses its own sandbox to root; pages are sandboxed by Electron's settings all the same.
    chromiumSandbox: process.getuid?.() !== 0,
  });
  const main = electron.process();
  main.stdout?.on('data', (data: Buffer) => lines.push(`out ${data}`.trimEnd()));
  main.stderr?.on('data', (data: Buffer) => lines.push(`err ${data}`.trimEnd()));
  const pid = main.pid ?? 0;
  const page = await electron.firstWindow();
  page.on('console', (message) => lines.push(`page ${message.type()} ${message.text()}`));
  page.on('pageerror', (error) => lines.push(`page error ${error.message}`));
  await page.waitForLoadState('domcontentloaded');
  let closed: Promise<number[]> | undefined;
  return {
    electron,
    page,
    pid,
    userData,
    display,
    log: () => lines.join('\n'),
    ready: () => readyOf(page, () => lines.join('\n')),
    corePid: () => corePidOf(pid),
    close: () => {
      closed ??= quit(electron, pid).finally(dispose);
      return closed;
    },
  };
}

/** Asks again and again, each time bounded: an answer that Playwright loses (seen once in some hundred launches) then costs one ask. */
async function readyOf(page: Page, log: () => string): Promise<IpcHealth> {
  const giveUpAt = performance.now() + READY_TIMEOUT_MS;
  while (performance.now() < giveUpAt) {
    const lost = new AbortController();
    const asked = page.evaluate(() => window.raffi.health.get());
    const health = await Promise.race([
      asked.finally(() => lost.abort()),
      delay(ANSWER_TIMEOUT_MS, null, { signal: lost.signal }).catch(() => null),
    ]);
    if (health?.state === 'failed') throw new Error(health.reason);
    if (health?.state === 'ready') return health;
    await delay(POLL_MS);
  }
  throw new Error(`The app was not ready within ${READY_TIMEOUT_MS / 1000} s:\n${log()}`);
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

async function quit(electron: ElectronApplication, pid: number): Promise<number[]> {
  const before = processTree(pid).map((info) => info.pid);
  const bound = new Promise((resolve) => setTimeout(resolve, QUIT_TIMEOUT_MS).unref());
  await Promise.race([electron.close().catch(() => {}), bound]);
  const survivors = before.filter(isAlive);
  for (const survivor of survivors) kill(survivor);
  return survivors;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended meanwhile.
  }
}

function environment(extra: Record<string, string>): Record<string, string> {
  const own = Object.entries(process.env).filter(
    // What would make Electron something else than the app: plain Node, or a process under a test runner's hooks.
    ([name]) => !/^(ELECTRON_|NODE_|VITEST|TEST$|RAFFI_)/.test(name),
  );
  const env = { ...Object.fromEntries(own), RAFFI_SERVER_ADDR: '127.0.0.1:0', ...extra };
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
