import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Runs a script of the bench in a process of its own. Resolves with the first message, which says that it has begun. */
export async function startChild(
  script: string,
  args: readonly string[] = [],
): Promise<{ child: ChildProcess; first: unknown }> {
  const child = fork(join(import.meta.dirname, script), args, { execArgv: ['--import', 'tsx'] });
  const [first] = (await once(child, 'message')) as [unknown];
  return { child, first };
}

export async function endChild(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill();
  await exited;
}
