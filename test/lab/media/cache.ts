import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** Where synthesised films are kept between runs: git-ignored, safe to delete. */
export const CACHE_DIR = join(dirname(fileURLToPath(import.meta.url)), '../../../.cache/lab');

const LOCK_POLL_MS = 50;
const inFlight = new Map<string, Promise<string>>();

/**
 * The path of a file made once per key: `make` writes it to the path it is given. Safe for several processes at once: one
 * makes it, the others wait; a maker that died is replaced. A file appears under its final name only when it is complete.
 */
export function cachedFile(
  key: unknown,
  name: string,
  make: (path: string) => Promise<void>,
): Promise<string> {
  const folder = join(CACHE_DIR, `${hash(key)}`);
  const path = join(folder, name);
  let result = inFlight.get(path);
  if (result === undefined) {
    result = fetchOrMake(folder, path, name, make).finally(() => inFlight.delete(path));
    inFlight.set(path, result);
  }
  return result;
}

/** A short stable name for any plain data. */
export function hash(data: unknown): string {
  return createHash('sha256').update(JSON.stringify(data)).digest('hex').slice(0, 16);
}

async function fetchOrMake(
  folder: string,
  path: string,
  name: string,
  make: (path: string) => Promise<void>,
): Promise<string> {
  while (!(await isComplete(folder))) {
    const unlock = await lock(`${folder}.lock`);
    if (unlock === null) {
      await delay(LOCK_POLL_MS);
      continue;
    }
    try {
      if (await isComplete(folder)) break;
      const draft = `${folder}.part-${await identityOf()}-${randomUUID()}`;
      await mkdir(draft, { recursive: true });
      try {
        await make(join(draft, name));
        await rename(draft, folder);
      } catch (error) {
        await rm(draft, { recursive: true, force: true });
        // Two that took over from the same dead maker: the first to finish wins.
        if (!(await isComplete(folder))) throw error;
      }
    } finally {
      await unlock();
    }
  }
  return path;
}

/** A folder exists only when it is complete: it came there by a rename. */
async function isComplete(folder: string): Promise<boolean> {
  return readdir(folder).then(
    () => true,
    () => false,
  );
}

/** Takes a lock file naming this process; null while another living process holds it. */
async function lock(path: string): Promise<(() => Promise<void>) | null> {
  await mkdir(dirname(path), { recursive: true });
  // A link appears with its content, so that nobody reads a lock without a holder.
  const mine = `${path}-${randomUUID()}`;
  await writeFile(mine, await identityOf());
  try {
    await link(mine, path);
    return () => rm(path, { force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(mine, { force: true });
  }
  const holder = await readFile(path, 'utf8').catch(() => '');
  if (holder !== '' && !(await isAlive(holder))) {
    await removeDrafts(holder);
    await rm(path, { force: true });
  }
  return null;
}

/** A process for good: its id and, where the system tells, when it started, since ids are given out again. */
export async function identityOf(pid = process.pid): Promise<string> {
  const start = await startOf(pid);
  return start === '' ? String(pid) : `${pid}-${start}`;
}

/** A process's start, in clock ticks since boot: field 22 of its `stat`, see proc(5). Empty where there is no /proc. */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name in parentheses may hold anything; what follows it begins with field 3.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

/** What a dead process had begun. */
async function removeDrafts(identity: string): Promise<void> {
  const drafts = (await readdir(CACHE_DIR)).filter((name) => name.includes(`.part-${identity}-`));
  await Promise.all(drafts.map((name) => rm(join(CACHE_DIR, name), { recursive: true, force: true })));
}

async function isAlive(identity: string): Promise<boolean> {
  const [pid, start] = identity.split('-');
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return start === undefined || start === (await startOf(Number(pid)));
}
