import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProcess } from '../lab/swarm/process.ts';
import { until } from '../lab/swarm/until.ts';

const START_MS = 60_000;

/** The headless core as a program of its own, for what may take its whole process down. */
export interface CoreProcess extends AsyncDisposable {
  /** Whether it still runs. */
  isRunning(): boolean;
  /** Opens a torrent. */
  open(source: string): Promise<string>;
  close(session: string): Promise<void>;
  /** The body of a success. */
  bytes(path: string): Promise<Uint8Array>;
}

export async function startCoreProcess(env: Record<string, string>): Promise<CoreProcess> {
  const cacheDir = await mkdtemp(join(tmpdir(), 'raffi-core-'));
  const variables = { RAFFI_SERVER_ADDR: '127.0.0.1:0', RAFFI_CACHE_DIR: cacheDir, ...env };
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  const core = await startProcess('env', [...assignments, process.execPath, '--import', 'tsx', 'src/cli.ts']);
  const dispose = async () => {
    await core[Symbol.asyncDispose]();
    await rm(cacheDir, { recursive: true, force: true });
  };
  try {
    const baseUrl = await until('the core runs', START_MS, () => {
      if (!core.isRunning()) throw new Error(`The core ended:\n${core.tail()}`);
      return /runs at (\S+)/.exec(core.tail())?.[1] ?? null;
    });
    const ask = async (method: string, path: string, body?: object) => {
      const content = body
        ? { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }
        : {};
      const answer = await fetch(new URL(path, baseUrl), { method, ...content }).catch((cause) => {
        throw new Error(`${method} ${path}; the core says:\n${core.tail()}`, { cause });
      });
      const bytes = new Uint8Array(await answer.arrayBuffer());
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${Buffer.from(bytes)}`);
      return bytes;
    };
    return {
      isRunning: core.isRunning,
      async open(source) {
        const opened = await ask('POST', '/sessions', { source, kind: 'torrent' });
        return (JSON.parse(Buffer.from(opened).toString()) as { id: string }).id;
      },
      close: async (session) => void (await ask('DELETE', `/sessions/${session}`)),
      bytes: (path) => ask('GET', path),
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}
