import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type LabProcess, startProcess } from '../swarm/process.ts';
import { until } from '../swarm/until.ts';
import { idOf } from './announce.ts';
import type { ReceiverCommand, ReceiverLine } from './log.ts';

export interface ReceiverWish {
  /** Where it listens, and announces itself. */
  host: string;
  name?: string;
  model?: string;
  port?: number;
  /** Of its clock; 1 is real time. */
  speed?: number;
  refuseLaunch?: boolean;
  /** Found by its address alone. */
  unannounced?: boolean;
}

/** A Chromecast of the lab, in a process of its own. */
export interface LabReceiver extends AsyncDisposable {
  readonly process: LabProcess;
  readonly host: string;
  readonly port: number;
  readonly id: string;
  readonly name: string;
  /** All it told so far, in order. */
  readonly lines: readonly ReceiverLine[];
  command(command: ReceiverCommand): void;
  /** The first line like that, of those that there are and of those that come. */
  line<K extends ReceiverLine['kind']>(
    kind: K,
    isIt?: (line: Extract<ReceiverLine, { kind: K }>) => boolean,
  ): Promise<Extract<ReceiverLine, { kind: K }>>;
  /** All lines of a kind so far. */
  all<K extends ReceiverLine['kind']>(kind: K): Extract<ReceiverLine, { kind: K }>[];
}

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const PATIENCE_MS = 40_000;

export async function startReceiver(wish: ReceiverWish): Promise<LabReceiver> {
  const name = wish.name ?? 'Lab TV';
  const flags = {
    host: wish.host,
    name,
    model: wish.model ?? 'Chromecast',
    port: wish.port ?? 0,
    speed: wish.speed ?? 1,
  };
  const args = Object.entries(flags).flatMap(([key, value]) => [`--${key}`, String(value)]);
  if (wish.refuseLaunch) args.push('--refuse-launch');
  if (wish.unannounced) args.push('--unannounced');
  const lab = await startProcess(process.execPath, ['--import', 'tsx', MAIN, ...args]);
  const lines: ReceiverLine[] = [];
  createInterface({ input: lab.child.stdout }).on('line', (text) =>
    lines.push(JSON.parse(text) as ReceiverLine),
  );
  type OfKind<K> = Extract<ReceiverLine, { kind: K }>;
  const all = <K extends ReceiverLine['kind']>(kind: K) =>
    lines.filter((line): line is OfKind<K> => line.kind === kind);
  const line = <K extends ReceiverLine['kind']>(kind: K, isIt: (line: OfKind<K>) => boolean = () => true) =>
    until(`a line "${kind}" of the receiver`, PATIENCE_MS, () => {
      const found = all(kind).find(isIt);
      if (!found && !lab.isRunning()) throw new Error(`The receiver has ended:\n${lab.tail()}`);
      return found ?? null;
    });
  try {
    const { port } = await line('listening');
    return {
      ...{ process: lab, host: wish.host, port, id: idOf(name), name, lines, line, all },
      command: (command) => void lab.child.stdin.write(`${JSON.stringify(command)}\n`),
      [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose](),
    };
  } catch (error) {
    await lab[Symbol.asyncDispose]();
    throw error;
  }
}
