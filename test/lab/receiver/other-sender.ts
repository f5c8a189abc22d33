import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { PYTHON } from '../../../build/setup/python.ts';
import { startProcess } from '../swarm/process.ts';

/** What it sees of the device. */
export interface SenderStatus {
  did: string;
  state: string;
  seconds: number;
  title: string | null;
  volume: number;
  app: string | null;
}

/** Another make of sender, connected to a device. */
export interface OtherSender extends AsyncDisposable {
  /** `pause`, `play`, `seek 10`, `volume 0.3`, `load http://…`, `quit`, `look`. */
  do(command: string): Promise<SenderStatus>;
}

const SCRIPT = fileURLToPath(new URL('other_sender.py', import.meta.url));

export async function startOtherSender(host: string, port: number): Promise<OtherSender> {
  const lab = await startProcess(PYTHON, [SCRIPT, host, String(port)]);
  const lines = createInterface({ input: lab.child.stdout });
  const next = async () => {
    const ended = once(lab.child, 'close').then(() => {
      throw new Error(`The sender has ended:\n${lab.tail()}`);
    });
    ended.catch(() => {});
    const [line] = (await Promise.race([once(lines, 'line'), ended])) as [string];
    return JSON.parse(line) as SenderStatus;
  };
  try {
    await next();
  } catch (error) {
    await lab[Symbol.asyncDispose]();
    throw error;
  }
  return {
    do(command) {
      const answer = next();
      lab.child.stdin.write(`${command}\n`);
      return answer;
    },
    [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose](),
  };
}
