import { randomBytes } from 'node:crypto';
import { lstat, mkdir, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { RaffiError } from '../../errors.ts';
import { processIdentity } from './process-identity.ts';

/** `run-<pid>-<identity>-<random>`; without identity where the system tells none. */
const RUN_NAME = /^run-(\d{1,10})-(?:([0-9a-f]{8})-)?[0-9a-f]{16}$/;
/** How far the clock may have been set since a folder was made for it still to count as made after the system's start. */
const CLOCK_TOLERANCE_MS = 60_000;

/** Folders of runs of this very process. After a restart in a container the process id may be a dead run's. */
const ownRuns = new Set<string>();

export interface RunFolder {
  readonly path: string;
  /** Removes it with all it holds. Idempotent. */
  remove(): Promise<void>;
}

/**
 * Makes a folder in the cache folder, for one run of a core. Only this user may look into it. Its name tells which process it belongs
 * to. Throws `bad_config` when it cannot be made.
 */
export async function createRunFolder(cacheDir: string): Promise<RunFolder> {
  const identity = await processIdentity(process.pid);
  const name = ['run', process.pid, identity, randomBytes(8).toString('hex')].filter(Boolean).join('-');
  const folder = path.join(cacheDir, name);
  ownRuns.add(name);
  try {
    await mkdir(cacheDir, { recursive: true, mode: 0o700 });
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    ownRuns.delete(name);
    throw unusable(cacheDir, error);
  }
  return {
    path: folder,
    async remove() {
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
      ownRuns.delete(name);
    },
  };
}

/**
 * Removes what dead runs left in the cache folder. Touches nothing but real folders (no symbolic links) named as
 * `createRunFolder` names them whose process is gone. `rescue` may take out of them before what is of use to later runs. Never rejects;
 * returns the removed names.
 */
export async function removeStaleRuns(
  cacheDir: string,
  rescue: (folder: string) => Promise<void> = async () => {},
): Promise<string[]> {
  const removed: string[] = [];
  for (const name of await readdir(cacheDir).catch(() => [])) {
    const [, pid, identity] = RUN_NAME.exec(name) ?? [];
    if (pid === undefined || ownRuns.has(name)) continue;
    const folder = path.join(cacheDir, name);
    try {
      const stats = await lstat(folder);
      if (!stats.isDirectory() || (await isInUse(Number(pid), identity, stats.mtimeMs))) continue;
      await rescue(folder);
      await rm(folder, { recursive: true, force: true });
      removed.push(name);
    } catch {
      // Another user's, or removed by another core that starts at the same time: not ours to worry about.
    }
  }
  return removed;
}

/** Whether the process that made a folder runs still, and not another that has got its id. `usedMs`: when the folder was last used. */
async function isInUse(pid: number, identity: string | undefined, usedMs: number): Promise<boolean> {
  // This process's own folders are known.
  if (pid === process.pid || !isAlive(pid)) return false;
  const current = identity === undefined ? null : await processIdentity(pid);
  if (current !== null) return current === identity;
  const bootedMs = Date.now() - os.uptime() * 1000;
  return usedMs > bootedMs - CLOCK_TOLERANCE_MS;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function unusable(cacheDir: string, cause: unknown): RaffiError {
  const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
  return new RaffiError(
    'bad_config',
    `The cache folder ${JSON.stringify(cacheDir)} cannot be used (${reason}). Set RAFFI_CACHE_DIR to a folder that this user may write to, then start again.`,
    { cause, data: { variable: 'RAFFI_CACHE_DIR' } },
  );
}
