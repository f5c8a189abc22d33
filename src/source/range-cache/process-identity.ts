import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/**
 * Eight hexadecimal digits that tell a process from a later one with the same id: of its start time and the system's boot. Null where the
 * system does not say (anything but Linux, see proc_pid_stat(5)) or there is no such process.
 */
export async function processIdentity(pid: number): Promise<string | null> {
  try {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ]);
    // The name, field 2, may hold spaces and parentheses; `starttime` is field 22.
    const startTicks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return createHash('sha256').update(`${boot.trim()} ${startTicks}`).digest('hex').slice(0, 8);
  } catch {
    return null;
  }
}
