import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { vi } from 'vitest';
import { startDisplay } from './display.ts';

export interface PackagedApp {
  page: Page;
  pid: number;
  close(): Promise<void>;
}

/**
 * Starts a packaged app. Playwright's own way needs Node's inspector in the main process, which the fuses of a package forbid: its
 * page is reached by Chromium's debugging port instead.
 */
export async function launchPackaged(
  executable: string,
  targets: readonly string[] = [],
): Promise<PackagedApp> {
  const display = await startDisplay();
  const userData = await mkdtemp(join(tmpdir(), 'raffi-profile-'));
  const flags = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const app = spawn(
    executable,
    [...flags, `--user-data-dir=${userData}`, '--remote-debugging-port=0', ...targets],
    {
      env: { ...process.env, DISPLAY: display.name, RAFFI_SERVER_ADDR: '127.0.0.1:0' },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  const exited = once(app, 'exit');
  const dispose = async (): Promise<void> => {
    app.kill('SIGTERM');
    await exited;
    await display.stop();
    await rm(userData, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const page = await attach(await debuggingAddress(app));
    let closed: Promise<void> | undefined;
    return {
      page,
      pid: app.pid ?? 0,
      close: () => {
        closed ??= dispose();
        return closed;
      },
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** What Chromium reports on stderr once its debugging port listens. */
function debuggingAddress(app: ChildProcess): Promise<URL> {
  return new Promise((resolve, reject) => {
    let text = '';
    app.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const found = /DevTools listening on (ws:\S+)/.exec(text)?.[1];
      if (found !== undefined) resolve(new URL(found));
    });
    app.on('error', reject);
    app.on('exit', () => reject(new Error(`The packaged app ended at once: ${text}`)));
  });
}

/** Playwright hangs when it attaches in the middle of the first navigation, so the page has to have its title first. */
async function attach(address: URL): Promise<Page> {
  await vi.waitUntil(() => hasPage(address.host), { timeout: 20_000, interval: 50 });
  const browser = await chromium.connectOverCDP(address.href);
  const page = browser.contexts()[0]?.pages()[0];
  if (page === undefined) throw new Error('The packaged app shows no page.');
  return page;
}

async function hasPage(host: string): Promise<boolean> {
  const answer = await fetch(`http://${host}/json/list`);
  const pages = (await answer.json()) as { url: string; title: string }[];
  return pages.some(({ url, title }) => url === 'app://raffi/' && title.startsWith('Raffi'));
}
