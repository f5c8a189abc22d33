import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';

/** How much of what a program said is kept for an error's text. */
const TAIL_CHARACTERS = 4000;

/** A program of the lab that runs until it is ended. */
export interface LabProcess extends AsyncDisposable {
  readonly pid: number;
  readonly child: ChildProcessWithoutNullStreams;
  /** The end of what it wrote to stdout and stderr. */
  tail(): string;
  /** Whether it still runs (a stopped one does). */
  isRunning(): boolean;
  /** Freezes all of it, its sockets stay open: a peer whose machine hangs. */
  stall(): void;
  resume(): void;
  /** Whether it is frozen; `stall` asks the kernel, which takes its moment. */
  isStalled(): Promise<boolean>;
  /** Ends it at once, without good-byes; resolves when it is gone. Any number of times. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts a program that dies with this process, however this one ends. `asNobody`: without root's rights, where we have them. */
export async function startProcess(
  command: string,
  args: readonly string[],
  options: { asNobody?: boolean } = {},
): Promise<LabProcess> {
  const isRoot = process.getuid?.() === 0;
  const user = options.asNobody && isRoot ? ['--reuid=65534', '--regid=65534', '--clear-groups'] : [];
  // A test runner may be killed, and would leave daemons that do not read their stdin: the kernel ends them (Linux).
  const child = spawn('setpriv', [...user, '--pdeathsig', 'KILL', '--', command, ...args]);
  let tail = '';
  const keep = (text: string) => {
    tail = (tail + text).slice(-TAIL_CHARACTERS);
  };
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  // One that has ended takes no more commands; whoever waits for the answer is told by `isRunning`.
  child.stdin.on('error', () => {});
  await once(child, 'spawn');
  const closed = once(child, 'close');
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  return {
    pid: child.pid ?? 0,
    child,
    tail: () => tail,
    isRunning,
    stall: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    async isStalled() {
      const stat = await readFile(`/proc/${child.pid}/stat`, 'utf8').catch(() => '');
      // "pid (name) state …": the name may hold brackets.
      return /^.*\) T/s.test(stat);
    },
    async [Symbol.asyncDispose]() {
      if (isRunning()) child.kill('SIGKILL');
      await closed;
    },
  };
}
