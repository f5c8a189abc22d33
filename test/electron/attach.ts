import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { type Browser, chromium, type Page } from 'playwright-core';
import { killAll, processTree, untilGone } from '../support/processes.ts';
import { atProcessEnd } from './last-will.ts';

/** An Electron app under test, and its window's page. */
export interface AttachedApp {
  page: Page;
  /** The main process's id. */
  pid: number;
  /** Addresses of all windows. */
  windows(): Promise<string[]>;
  /** Everything the page and the processes wrote so far, for a failing test's message. */
  log(): string;
  /** Quits as a person would; resolves with the processes that outlived it, which are then killed. */
  quit(): Promise<number[]>;
}

export interface AppCommand {
  executable: string;
  args: readonly string[];
  /** Beyond `appEnvironment()`. */
  env?: Record<string, string>;
}

/** Chromium refuses its own sandbox to root; pages are sandboxed by Electron's settings all the same. */
export const SANDBOX_FLAGS = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

const PAGE = 'app://raffi/';
const START_TIMEOUT_MS = 60_000;
const ATTACH_TIMEOUT_MS = 30_000;
const ANSWER_TIMEOUT_MS = 5_000;
const QUIT_TIMEOUT_MS = 10_000;
/** A process that has ended is in the table until its parent has noticed. */
const REAP_TIMEOUT_MS = 2_000;
const POLL_MS = 50;

/**
 * Starts an Electron app and attaches to its page by Chromium's debugging port. Playwright's own way of launching Electron attaches
 * as soon as there is a window; between the request and the commit of its first navigation it then waits for ever for an event that
 * has passed (and in a packaged app the fuses forbid the inspector that it needs). Throws, with what the app said, and leaves no
 * process behind.
 */
export async function startAttached({ executable, args, env }: AppCommand): Promise<AttachedApp> {
  const app = spawn(executable, [...SANDBOX_FLAGS, '--remote-debugging-port=0', ...args], {
    env: appEnvironment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own: whatever happens, all of it can be ended at once.
    detached: true,
  });
  const ended = endOf(app);
  const lines: string[] = [];
  app.stdout.setEncoding('utf8').on('data', (text: string) => lines.push(`out ${text.trimEnd()}`));
  app.stderr.setEncoding('utf8').on('data', (text: string) => lines.push(`err ${text.trimEnd()}`));
  const { pid } = app;
  const kill = (): void => {
    if (pid !== undefined) killAll([-pid]);
  };
  void ended.finally(atProcessEnd(kill));
  const trouble = new AbortController();
  const late = new Error(`It showed no page within ${START_TIMEOUT_MS / 1000} s`);
  const timer = setTimeout(() => trouble.abort(late), START_TIMEOUT_MS);
  void ended.then((how) => trouble.abort(new Error(`It ended with ${how}`)));
  try {
    const address = await debuggingAddress(app, trouble.signal);
    await untilCommitted(address.host, trouble.signal);
    const browser = await chromium.connectOverCDP(address.href, {
      isLocal: true,
      timeout: ATTACH_TIMEOUT_MS,
    });
    const page = browser.contexts()[0]?.pages()[0];
    if (page === undefined || pid === undefined) throw new Error('It shows no page');
    await writeDown(page, lines);
    return {
      page,
      pid,
      windows: async () => (await pagesAt(address.host)).map(({ url }) => url),
      log: () => lines.join('\n'),
      quit: () => quit(app, pid, ended, browser),
    };
  } catch (cause) {
    kill();
    await ended;
    throw new Error(`The app did not start. ${String(cause)}\n${lines.join('\n')}`, { cause });
  } finally {
    clearTimeout(timer);
  }
}

/** This process's environment, without what would make Electron something else than the app: plain Node, or a child of a test runner. */
export function appEnvironment(extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(ELECTRON_|NODE_|VITEST|TEST$|RAFFI_)/.test(name),
  );
  return { ...Object.fromEntries(own), RAFFI_SERVER_ADDR: '127.0.0.1:0', ...extra };
}

/** Resolves with the exit code, the signal, or the reason why it could not start. */
function endOf(app: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    app.once('error', ({ message }) => resolve(message));
    app.once('exit', (code, signal) => resolve(String(signal ?? code)));
  });
}

/** What Chromium reports on stderr once its debugging port listens. */
function debuggingAddress(app: ChildProcess, signal: AbortSignal): Promise<URL> {
  return new Promise((resolve, reject) => {
    let text = '';
    app.stderr?.on('data', (chunk: string) => {
      text += chunk;
      const found = /DevTools listening on (ws:\S+)/.exec(text)?.[1];
      if (found !== undefined) resolve(new URL(found));
    });
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** Until the page's first navigation is committed. Only its title proves that: its address shows before. */
async function untilCommitted(host: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    const pages = await pagesAt(host).catch(() => []);
    if (pages.some(({ url, title }) => url === PAGE && /(^| – )Raffi$/.test(title))) return;
    await delay(POLL_MS);
    signal.throwIfAborted();
  }
}

/** All windows' pages, as Chromium lists them. */
async function pagesAt(host: string): Promise<{ url: string; title: string }[]> {
  const answer = await fetch(`http://${host}/json/list`, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
  const targets = (await answer.json()) as { type: string; url: string; title: string }[];
  return targets.filter(({ type }) => type === 'page');
}

/** Adds to the lines what the page says from now on, and what it said before there was somebody to listen. */
async function writeDown(page: Page, lines: string[]): Promise<void> {
  const said = (message: { type(): string; text(): string }) => `page ${message.type()} ${message.text()}`;
  const failed = (error: Error) => `page error ${error.message}`;
  page.on('console', (message) => lines.push(said(message)));
  page.on('pageerror', (error) => lines.push(failed(error)));
  const earlier = [...(await page.consoleMessages()).map(said), ...(await page.pageErrors()).map(failed)];
  lines.push(...earlier.filter((line) => !lines.includes(line)));
}

async function quit(
  app: ChildProcess,
  pid: number,
  ended: Promise<string>,
  browser: Browser,
): Promise<number[]> {
  const tree = processTree(pid).map((info) => info.pid);
  app.kill('SIGTERM');
  await Promise.race([ended, delay(QUIT_TIMEOUT_MS, null, { ref: false })]);
  const survivors = await untilGone(tree, REAP_TIMEOUT_MS);
  if (survivors.length > 0) killAll([-pid, ...survivors]);
  // It ended with the app; Playwright only has to notice.
  await Promise.race([browser.close(), delay(ANSWER_TIMEOUT_MS, null, { ref: false })]);
  return survivors;
}
