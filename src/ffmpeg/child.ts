import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { RaffiError } from '../errors.ts';
import { HeadBuffer, TailBuffer } from './capture.ts';

export interface StartOptions {
  /** Ends the process. */
  signal?: AbortSignal | undefined;
  /** Of stderr the last so many bytes are kept: the cause of death is at the end. Default 8 KiB. */
  maxStderrBytes?: number;
  /** Between SIGTERM and SIGKILL. Default 500 ms. */
  graceMs?: number;
}

export interface ChildOptions extends StartOptions {
  /** The process is ended after this long; the result then says `timedOut`. */
  timeoutMs: number;
  /** More output than this ends the process; the result then says `overflowed`. Default 1 MiB. */
  maxStdoutBytes?: number;
}

export interface ChildExit {
  /** Null when a signal ended it. */
  exitCode: number | null;
  /** The signal that ended it; else null. */
  signalCode: NodeJS.Signals | null;
  stderr: string;
}

export interface ChildResult extends ChildExit {
  stdout: string;
  timedOut: boolean;
  overflowed: boolean;
}

/** A process under way. */
export interface RunningChild {
  /** Not read, its pipe fills and the process waits: that is how it is throttled. */
  readonly stdout: Readable;
  /** Settles once the process is reaped. Rejects with Node's own error (`ENOENT`, `EACCES` …) when it could not be started. */
  readonly ended: Promise<ChildExit>;
  /** SIGTERM, then SIGKILL. Idempotent. */
  end(): void;
}

const MAX_STDOUT_BYTES = 1024 * 1024;
const MAX_STDERR_BYTES = 8 * 1024;
const GRACE_MS = 500;

/**
 * Runs and owns child processes: whoever holds this object ends all of them with `stop()`, and they are killed when this
 * process exits. Arguments are an array and never meet a shell.
 */
export class ChildProcesses {
  readonly #running = new Map<ChildProcess, RunningChild>();
  #stopped = false;

  /** Processes started and not yet reaped. */
  get running(): number {
    return this.#running.size;
  }

  /**
   * Starts a program and leaves its output to the caller.
   *
   * @throws the signal's reason when it has fired already, `aborted` after `stop()`.
   */
  start(path: string, args: readonly string[], options: StartOptions = {}): RunningChild {
    options.signal?.throwIfAborted();
    if (this.#stopped) throw stopped();
    const child = spawn(path, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: false,
      windowsHide: true,
      env: childEnvironment(process.env),
    });
    const running = watch(child, options);
    this.#own(child, running);
    return running;
  }

  /**
   * Runs a program to its end. A non-zero exit is a result, not an error. Settles only after the process is reaped, so that
   * nothing of it is left when the caller goes on.
   *
   * @throws the signal's reason when it fires, Node's own error (`ENOENT`, `EACCES` …) when the program cannot be started,
   * `aborted` after `stop()`.
   */
  async run(path: string, args: readonly string[], options: ChildOptions): Promise<ChildResult> {
    const child = this.start(path, args, options);
    const stdout = new HeadBuffer(options.maxStdoutBytes ?? MAX_STDOUT_BYTES);
    let timedOut = false;
    const timeout = setTimeout(() => {
      timedOut = true;
      child.end();
    }, options.timeoutMs);
    child.stdout.on('data', (chunk: Buffer) => {
      if (!stdout.push(chunk)) child.end();
    });
    const exit = await child.ended.finally(() => clearTimeout(timeout));
    await closing(child.stdout, options.graceMs ?? GRACE_MS);
    options.signal?.throwIfAborted();
    if (this.#stopped) throw stopped();
    return { ...exit, stdout: stdout.text(), timedOut, overflowed: stdout.overflowed };
  }

  /** Ends every process and waits until all are reaped. Nothing can be started after. Idempotent. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const runs = [...this.#running.values()];
    for (const { end } of runs) end();
    await Promise.allSettled(runs.map(({ ended }) => ended));
  }

  #own(child: ChildProcess, run: RunningChild): void {
    if (this.#running.size === 0) process.once('exit', this.#killAll);
    this.#running.set(child, run);
    const release = () => {
      this.#running.delete(child);
      if (this.#running.size === 0) process.removeListener('exit', this.#killAll);
    };
    run.ended.then(release, release);
  }

  /** Where this process is itself killed, its children fail at their next read from our loopback server or write to us. */
  readonly #killAll = (): void => {
    for (const child of this.#running.keys()) child.kill('SIGKILL');
  };
}

/**
 * The environment of a child: ours without what would change what it does. libavformat sends even loopback requests to
 * `http_proxy`, and `FFREPORT` makes every run write a log file that names our private URLs.
 */
export function childEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(https?_proxy|all_proxy|ffreport)$/i.test(name)),
  );
}

/** Follows a process until it is reaped, and ends it for the signal or `end()`. */
function watch(child: ChildProcessByStdio<null, Readable, Readable>, options: StartOptions): RunningChild {
  const stderr = new TailBuffer(options.maxStderrBytes ?? MAX_STDERR_BYTES);
  const graceMs = options.graceMs ?? GRACE_MS;
  let grace: NodeJS.Timeout | undefined;
  const end = () => {
    if (grace || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    grace = setTimeout(() => child.kill('SIGKILL'), graceMs);
  };
  options.signal?.addEventListener('abort', end, { once: true });
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));

  const ended = new Promise<ChildExit>((resolve, reject) => {
    const settle = () => {
      clearTimeout(grace);
      options.signal?.removeEventListener('abort', end);
    };
    child.once('error', (error) => {
      if (child.pid !== undefined) return; // a kill or message failed; the process itself still ends by `exit`
      settle();
      reject(error);
    });
    child.once('exit', async (exitCode, signalCode) => {
      const wasEnded = grace !== undefined;
      settle();
      // What a process that ended by itself has written is still its reader's, however late that is.
      if (wasEnded) child.stdout.destroy();
      await closing(child.stderr, graceMs);
      resolve({ exitCode, signalCode, stderr: stderr.text() });
    });
  });
  return { stdout: child.stdout, ended, end };
}

/** Settles when a dead process's pipe is empty; one that a grandchild inherited is closed after `graceMs`. */
async function closing(pipe: Readable, graceMs: number): Promise<void> {
  if (pipe.closed) return;
  const timeout = setTimeout(() => pipe.destroy(), graceMs);
  await once(pipe, 'close').catch(() => {});
  clearTimeout(timeout);
}

function stopped(): RaffiError {
  return new RaffiError('aborted', 'Raffi is stopping.');
}
