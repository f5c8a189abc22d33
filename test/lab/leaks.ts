import { readdir, readFile, readlink } from 'node:fs/promises';

/** What a process holds at one moment. Counts by kind, so that a difference says what was left. */
export interface Holdings {
  /** `process.getActiveResourcesInfo()`: sockets, servers, timers, pipes that keep the process alive. */
  resources: Record<string, number>;
  /** Open descriptors by what they lead to; empty where the system has no /proc. */
  descriptors: Record<string, number>;
  /** Living children by their command's name; empty where the system has no /proc. */
  children: Record<string, number>;
  /** Files below the watched folders. */
  files: Record<string, number>;
}

/** What is there now and was not before: kinds that grew, by how much. Equal holdings give four empty records. */
export type Leaks = Holdings;

/** Counts what this process (or another, by `pid`: then without `resources`) holds, and what lies in some folders. */
export async function snapshot(options: { folders?: string[]; pid?: number } = {}): Promise<Holdings> {
  const { folders = [], pid = process.pid } = options;
  return {
    resources: pid === process.pid ? count(process.getActiveResourcesInfo()) : {},
    descriptors: count(await descriptorsOf(pid)),
    children: count(await childrenOf(pid)),
    files: count((await Promise.all(folders.map(filesIn))).flat()),
  };
}

/** The kinds of which `after` holds more than `before`. */
export function diff(before: Holdings, after: Holdings): Leaks {
  return {
    resources: grown(before.resources, after.resources),
    descriptors: grown(before.descriptors, after.descriptors),
    children: grown(before.children, after.children),
    files: grown(before.files, after.files),
  };
}

/** Whether nothing grew. */
export function isClean(leaks: Leaks): boolean {
  return Object.values(leaks).every((kind) => Object.keys(kind).length === 0);
}

/**
 * Takes snapshots until nothing is held beyond `before`, or the bound has passed; returns the last difference. Closing is
 * asynchronous in the kernel and in Node, so a single look right after would see ghosts.
 */
export async function settledDiff(
  before: Holdings,
  options: { folders?: string[]; pid?: number; boundMs?: number } = {},
): Promise<Leaks> {
  const deadline = performance.now() + (options.boundMs ?? 5000);
  for (;;) {
    const leaks = diff(before, await snapshot(options));
    if (isClean(leaks) || performance.now() > deadline) return leaks;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function descriptorsOf(pid: number): Promise<string[]> {
  const folder = `/proc/${pid}/fd`;
  const numbers = await readdir(folder).catch(() => []);
  const targets = await Promise.all(
    numbers.map((number) => readlink(`${folder}/${number}`).catch(() => null)),
  );
  // The descriptor of this very listing is gone by now: its link cannot be read. Inode numbers do not matter.
  return targets.filter((target) => target !== null).map((target) => target.replace(/:\[\d+\]$/, ''));
}

async function childrenOf(pid: number): Promise<string[]> {
  const pids = await readdir('/proc').catch(() => []);
  const stats = await Promise.all(
    pids
      .filter((name) => /^\d+$/.test(name))
      .map((name) => readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')),
  );
  return stats.flatMap((stat) => {
    // "pid (name) state parent …": the name may hold spaces and brackets.
    const match = /^\d+ \((.*)\) (\S) (\d+) /s.exec(stat);
    return match && Number(match[3]) === pid
      ? [match[2] === 'Z' ? `${match[1]} (zombie)` : (match[1] ?? '')]
      : [];
  });
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => `${entry.parentPath}/${entry.name}`);
}

function count(names: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function grown(before: Record<string, number>, after: Record<string, number>): Record<string, number> {
  const more = Object.entries(after).map(([kind, now]) => [kind, now - (before[kind] ?? 0)] as const);
  return Object.fromEntries(more.filter(([, growth]) => growth > 0));
}
