import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { startAttached } from './attach.ts';
import { startDisplay } from './display.ts';

export interface PackagedApp {
  page: Page;
  pid: number;
  /** Quits as a person would; resolves with the processes that outlived it. Safe to call twice. */
  close(): Promise<number[]>;
}

/** Starts a packaged app with a profile and a screen of its own. */
export async function launchPackaged(
  executable: string,
  targets: readonly string[] = [],
): Promise<PackagedApp> {
  const display = await startDisplay();
  const userData = await mkdtemp(join(tmpdir(), 'raffi-profile-'));
  const dispose = async (): Promise<void> => {
    await display.stop();
    await rm(userData, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const { page, pid, quit } = await startAttached({
      executable,
      args: [`--user-data-dir=${userData}`, ...targets],
      env: { DISPLAY: display.name },
    });
    let closed: Promise<number[]> | undefined;
    return {
      page,
      pid,
      close: () => {
        closed ??= quit().finally(dispose);
        return closed;
      },
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}
