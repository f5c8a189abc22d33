import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** A socket as `ss` shows it; `remote` is null for one that has no other end. */
export interface ShownSocket {
  local: string;
  remote: string | null;
}

/** All TCP and UDP sockets of these processes. */
export async function socketsOf(pids: readonly number[]): Promise<ShownSocket[]> {
  // All of the machine's: other tests may have thousands that have just been closed.
  const options = { maxBuffer: 64 * 1024 * 1024 };
  const { stdout } = await promisify(execFile)('ss', ['-H', '-t', '-u', '-n', '-a', '-p'], options);
  const owned = stdout.split('\n').filter((line) => pids.some((pid) => line.includes(`pid=${pid},`)));
  return owned.map((line) => {
    // Protocol, state, two queues, local, remote, processes.
    const [, , , , local = '', remote = ''] = line.split(/\s+/);
    return { local, remote: remote.endsWith(':*') ? null : remote };
  });
}

/** Whether nothing of it can leave the machine. */
export function isLoopback({ local, remote }: ShownSocket): boolean {
  return [local, remote].every(
    (address) => address === null || /^(127\.|\[::1\]|\[::ffff:127\.)/.test(address),
  );
}
