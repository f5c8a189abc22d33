import { randomBytes } from 'node:crypto';
import { lstat, mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';

const RUN_NAME = /^run-(\d{1,10})-[0-9a-f]{16}$/;

/** Folders of runs of this very process. After a restart in a container the process id may be a dead run's. */
const ownRuns = new Set<string>();

export interface RunFolder {
  readonly path: string;
  /** Removes it with all it holds. Idempotent. */
  remove(): Promise<void>;
}

/** Makes a folder `run-<pid>-<random>` in the cache folder, for one run of a core. Only this user may look into it. */
export async function createRunFolder(cacheDir: string): Promise<RunFolder> {
  const name = `run-${process.pid}-${randomBytes(8).toString('hex')}`;
  const folder = path.join(cacheDir, name);
  ownRuns.add(name);
  try {
    await mkdir(cacheDir, { recursive: true, mode: 0o700 });
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    ownRuns.delete(name);
    throw error;
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
 * `createRunFolder` names them whose process is gone. Never rejects; returns the removed names.
 */
export async function removeStaleRuns(cacheDir: string): Promise<string[]> {
  const removed: string[] = [];
  for (const name of await readdir(cacheDir).catch(() => [])) {
    const pid = Number(RUN_NAME.exec(name)?.[1] ?? Number.NaN);
    if (Number.isNaN(pid) || ownRuns.has(name) || (pid !== process.pid && isAlive(pid))) continue;
    const folder = path.join(cacheDir, name);
    try {
      if (!(await lstat(folder)).isDirectory()) continue;
      await rm(folder, { recursive: true, force: true });
      removed.push(name);
    } catch {
      // Another user's, or removed by another core that starts at the same time: not ours to worry about.
    }
  }
  return removed;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
