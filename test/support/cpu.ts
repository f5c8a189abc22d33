import { readFile } from 'node:fs/promises';

/** USER_HZ: the kernel's unit in `/proc/<pid>/stat` on every Linux that runs Node. */
const TICK_MS = 10;

/** Processor time that a process has used so far, milliseconds; null where the system does not tell (it is gone, or this is no Linux). */
export async function cpuMs(pid: number): Promise<number | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (stat === null) return null;
  // proc_pid_stat(5): the name in parentheses may hold anything; utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
