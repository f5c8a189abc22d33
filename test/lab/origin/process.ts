import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { asker } from '../../support/asker.ts';
import type { OriginFile } from './content.ts';
import type { Faults } from './faults.ts';
import type { OriginOptions } from './index.ts';
import type { LinkSettings } from './link.ts';
import { type LoggedRequest, RequestLog } from './log.ts';

/** An origin in a process of its own, so that serving does not take turns with what is measured. */
export interface OriginProcess {
  readonly port: number;
  url(path: string): string;
  put(path: string, file: OriginFile): Promise<void>;
  setFaults(path: string, faults: Faults | null): Promise<void>;
  setLink(settings: Partial<LinkSettings>): Promise<void>;
  /** The log so far, as a copy. Times are of the origin's own clock. */
  log(): Promise<RequestLog>;
  clearLog(): Promise<void>;
  close(): Promise<void>;
}

/** What the parent asks of the child; see main.ts. */
export type OriginCall =
  | { call: 'put'; path: string; file: OriginFile }
  | { call: 'setFaults'; path: string; faults: Faults | null }
  | { call: 'setLink'; settings: Partial<LinkSettings> }
  | { call: 'log' }
  | { call: 'clearLog' };

/** Starts an origin as `startOrigin` does, in a process of its own. */
export async function startOriginProcess(options: OriginOptions = {}): Promise<OriginProcess> {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const child = fork(fileURLToPath(new URL('./main.ts', import.meta.url)), {
    execArgv: ['--import', tsx],
    serialization: 'advanced',
  });
  const ask = asker<OriginOptions | OriginCall>(child);
  const port = (await ask(options)) as number;
  return {
    port,
    url: (path) => `http://127.0.0.1:${port}${encodeURI(path)}`,
    put: async (path, file) => void (await ask({ call: 'put', path, file })),
    setFaults: async (path, faults) => void (await ask({ call: 'setFaults', path, faults })),
    setLink: async (settings) => void (await ask({ call: 'setLink', settings })),
    log: async () => new RequestLog((await ask({ call: 'log' })) as LoggedRequest[]),
    clearLog: async () => void (await ask({ call: 'clearLog' })),
    async close() {
      // Not `close`: Node never emits that when the parent is who disconnects.
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}
