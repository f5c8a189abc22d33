import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** One process of the machine, as Linux tells it. */
export interface ProcessInfo {
  pid: number;
  parent: number;
  commandLine: string;
}

/** All live descendants of a process (itself included while it lives). Linux only. */
export function processTree(root: number): ProcessInfo[] {
  const all = listProcesses();
  const tree = all.filter(({ pid }) => pid === root);
  for (let found = tree.length; found > 0; ) {
    const known = new Set(tree.map(({ pid }) => pid));
    const next = all.filter(({ pid, parent }) => known.has(parent) && !known.has(pid));
    tree.push(...next);
    found = next.length;
  }
  return tree;
}

/** Whether a process exists and is no zombie. */
export function isAlive(pid: number): boolean {
  return readProcess(pid) !== null;
}

/** Waits until all of them have ended; resolves with those that have not within the bound. */
export async function untilGone(pids: readonly number[], boundMs: number): Promise<number[]> {
  const giveUpAt = performance.now() + boundMs;
  for (;;) {
    const alive = pids.filter(isAlive);
    if (alive.length === 0 || performance.now() > giveUpAt) return alive;
    await delay(20);
  }
}

/** Kills processes, or with a negative number a process group; those that have ended meanwhile are no error. */
export function killAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

function listProcesses(): ProcessInfo[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readProcess(Number(name)))
    .filter((info) => info !== null);
}

function readProcess(pid: number): ProcessInfo | null {
  try {
    // The name in parentheses may hold spaces; state and parent follow the last parenthesis.
    const [state, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    if (state === 'Z') return null;
    const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return { pid, parent: Number(parent), commandLine };
  } catch {
    return null;
  }
}
