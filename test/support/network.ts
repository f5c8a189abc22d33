import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { Ask, Told } from './lan.ts';

const exec = promisify(execFile);
const AGENT = join(import.meta.dirname, 'network-agent.ts');

/** What came of a request: an answer, or the code of the system's error. */
export type Outcome = Told | { error: string };

/** A computer of its own, as far as the network is concerned: a network namespace with a cable, `eth0`. Linux, as root. */
export class Computer {
  readonly name: string;
  readonly #children = new Set<ChildProcess>();
  #agent: ChildProcess | undefined;
  readonly #waiting: ((outcome: Outcome) => void)[] = [];

  constructor(name: string) {
    this.name = name;
  }

  /** Runs `ip` in it. */
  async ip(...args: string[]): Promise<void> {
    await exec('ip', ['-n', this.name, ...args]);
  }

  /** What makes a command run in it. */
  get within(): readonly string[] {
    return ['ip', 'netns', 'exec', this.name];
  }

  /** Starts a program in it. */
  spawn(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
    const [enter = '', ...inside] = this.within;
    const child = spawn(enter, [...inside, command, ...args], {
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#children.add(child);
    return child;
  }

  /** Sends a request from it. */
  ask(ask: Ask): Promise<Outcome> {
    const agent = this.#agent ?? this.#startAgent();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      agent.stdin?.write(`${JSON.stringify(ask)}\n`);
    });
  }

  async remove(): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }
    await exec('ip', ['netns', 'delete', this.name]);
  }

  /** One process for all requests, which are answered in their order. */
  #startAgent(): ChildProcess {
    const agent = this.spawn(process.execPath, ['--import', 'tsx', AGENT]);
    if (!agent.stdout) throw new Error('The agent has no output.');
    createInterface({ input: agent.stdout }).on('line', (line) => {
      this.#waiting.shift()?.(JSON.parse(line) as Outcome);
    });
    agent.once('exit', () => {
      for (const resolve of this.#waiting.splice(0)) resolve({ error: 'The agent has ended.' });
    });
    this.#agent = agent;
    return agent;
  }
}

/** Two computers at the two ends of a cable, with no address yet; null where this process may not make such. */
export async function twoComputers(): Promise<[Computer, Computer] | null> {
  const unique = `raffi-${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
  const [one, two] = [new Computer(`${unique}-a`), new Computer(`${unique}-b`)];
  try {
    await exec('ip', ['netns', 'add', one.name]);
  } catch {
    return null;
  }
  await exec('ip', ['netns', 'add', two.name]);
  const cable = [
    'link',
    'add',
    'eth0',
    'netns',
    one.name,
    'type',
    'veth',
    'peer',
    'name',
    'eth0',
    'netns',
    two.name,
  ];
  await exec('ip', cable);
  for (const computer of [one, two])
    for (const link of ['lo', 'eth0']) await computer.ip('link', 'set', link, 'up');
  return [one, two];
}
