import { type ChildProcess, spawn } from 'node:child_process';
import { RaffiError } from '../errors.ts';
import { HeadBuffer, TailBuffer } from './capture.ts';

export interface ChildOptions {
  signal?: AbortSignal | undefined;
  /** The process is ended after this long; the result then says `timedOut`. */
  timeoutMs: number;
  /** More output than this ends the process; the result then says `overflowed`. Default 1 MiB. */
  maxStdoutBytes?: number;
  /** Of stderr the last so many bytes are kept: the cause of death is at the end. Default 8 KiB. */
  maxStderrBytes?: number;
  /** Between SIGTERM and SIGKILL. Default 500 ms. */
  graceMs?: number;
}

export interface ChildResult {
  /** Null when a signal ended it. */
  exitCode: number | null;
  stdout: string;
  stderr: string;
  timedOut: boolean;
  overflowed: boolean;
}

const MAX_STDOUT_BYTES = 1024 * 1024;
const MAX_STDERR_BYTES = 8 * 1024;
const GRACE_MS = 500;

/**
 * Runs and owns child processes: whoever holds this object ends all of them with `stop()`, and they are killed when this
 * process exits. Arguments are an array and never meet a shell.
 */
export class ChildProcesses {
  readonly #running = new Map<ChildProcess, { end: () => void; ended: Promise<unknown> }>();
  #stopped = false;

  /** Processes started and not yet reaped. */
  get running(): number {
    return this.#running.size;
  }

  /**
   * Runs a program to its end. A non-zero exit is a result, not an error. Settles only after the process is reaped, so that
   * nothing of it is left when the caller goes on.
   *
   * @throws the signal's reason when it fires, Node's own error (`ENOENT`, `EACCES` …) when the program cannot be started,
   * `aborted` after `stop()`.
   */
  async run(path: string, args: readonly string[], options: ChildOptions): Promise<ChildResult> {
    options.signal?.throwIfAborted();
    if (this.#stopped) throw stopped();
    const child = spawn(path, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: false,
      windowsHide: true,
      env: childEnvironment(process.env),
    });
    const run = collect(child, options);
    this.#own(child, run);
    const result = await run.ended;
    options.signal?.throwIfAborted();
    if (this.#stopped) throw stopped();
    return result;
  }

  /** Ends every process and waits until all are reaped. Nothing can be started after. Idempotent. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const runs = [...this.#running.values()];
    for (const { end } of runs) end();
    await Promise.allSettled(runs.map(({ ended }) => ended));
  }

  #own(child: ChildProcess, run: { end: () => void; ended: Promise<unknown> }): void {
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

/** Collects output until the process is reaped, and ends it for any of: the signal, the time-out, too much output, `end()`. */
function collect(
  child: ChildProcess,
  options: ChildOptions,
): { end: () => void; ended: Promise<ChildResult> } {
  const stdout = new HeadBuffer(options.maxStdoutBytes ?? MAX_STDOUT_BYTES);
  const stderr = new TailBuffer(options.maxStderrBytes ?? MAX_STDERR_BYTES);
  const graceMs = options.graceMs ?? GRACE_MS;
  let timedOut = false;
  let grace: NodeJS.Timeout | undefined;
  const end = () => {
    if (grace || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    grace = setTimeout(() => child.kill('SIGKILL'), graceMs);
  };
  const timeout = setTimeout(() => {
    timedOut = true;
    end();
  }, options.timeoutMs);
  options.signal?.addEventListener('abort', end, { once: true });
  child.stdout?.on('data', (chunk: Buffer) => {
    if (!stdout.push(chunk)) end();
  });
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));

  const ended = new Promise<ChildResult>((resolve, reject) => {
    let drain: NodeJS.Timeout | undefined;
    const settle = () => {
      for (const timer of [timeout, grace, drain]) clearTimeout(timer);
      options.signal?.removeEventListener('abort', end);
    };
    child.once('error', (error) => {
      if (child.pid !== undefined) return; // a kill or message failed; the process itself still ends by `close`
      settle();
      reject(error);
    });
    // `close` waits for the pipes; a grandchild that inherited them must not keep us waiting.
    child.once('exit', () => {
      drain = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, graceMs);
    });
    child.once('close', (exitCode) => {
      settle();
      resolve({
        exitCode,
        stdout: stdout.text(),
        stderr: stderr.text(),
        timedOut,
        overflowed: stdout.overflowed,
      });
    });
  });
  return { end, ended };
}

function stopped(): RaffiError {
  return new RaffiError('aborted', 'Raffi is stopping.');
}
