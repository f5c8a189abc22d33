import { Worker } from 'node:worker_threads';
import { Deferred } from '../deferred.ts';
import type { EngineThreadData, FromEngine, ToEngine } from './protocol.ts';
import type { TorrentSettings } from './settings.ts';

/** A thread that has not closed its sockets by then is ended as it is, milliseconds. */
const CLOSE_LIMIT_MS = 1_500;
/**
 * What comes over the wire is garbage soon after, in buffers that V8 does not count among what is young. With little room for young objects it looks
 * often, and finds them (measured while 20 GB come in at 150 MB/s: 20 MB less than with 48).
 */
const RESOURCE_LIMITS = { maxYoungGenerationSizeMb: 4 };

export interface EngineThreadOptions {
  settings: TorrentSettings;
  /** The built entry of the thread; null when the core runs from its sources. */
  entry: string | null;
  onMessage: (message: FromEngine) => void;
  /** It ended though nobody closed it. */
  onCrash: (reason: Error) => void;
}

/** webtorrent in a thread of its own: checking hashes and taking the wire apart must not delay an answer over HTTP. */
export class EngineThread {
  readonly #worker: Worker;
  readonly #ended: Promise<void>;
  readonly #removals = new Map<string, Deferred<void>>();
  #isClosing = false;

  constructor({ settings, entry, onMessage, onCrash }: EngineThreadOptions) {
    const workerData: EngineThreadData = { settings };
    this.#worker =
      entry === null
        ? fromSources(workerData)
        : new Worker(entry, { workerData, resourceLimits: RESOURCE_LIMITS });
    this.#worker.on('message', (message: FromEngine) => {
      if (message.type === 'removed') this.#removals.get(message.key)?.resolve();
      else if (!this.#isClosing) onMessage(message);
    });
    let reason = new Error('the torrent engine ended');
    this.#worker.on('error', (error: unknown) => {
      reason = error instanceof Error ? error : new Error(String(error));
    });
    this.#ended = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        resolve();
        if (!this.#isClosing) onCrash(reason);
      });
    });
  }

  post(message: ToEngine): void {
    this.#worker.postMessage(message);
  }

  /** Settles when the torrent's sockets and files are closed. */
  async remove(key: string): Promise<void> {
    const removal = new Deferred<void>();
    this.#removals.set(key, removal);
    this.post({ type: 'remove', key });
    await Promise.race([removal.promise, this.#ended]);
    this.#removals.delete(key);
  }

  /** Settles when the thread has ended, and with it every socket of every torrent. Idempotent. */
  async close(): Promise<void> {
    if (!this.#isClosing) {
      this.#isClosing = true;
      this.post({ type: 'close' });
    }
    const limit = setTimeout(() => void this.#worker.terminate(), CLOSE_LIMIT_MS);
    await this.#ended;
    clearTimeout(limit);
  }
}

/** Node 20 reads no TypeScript, and a thread inherits no loader: it registers the one that development and tests run with. */
function fromSources(workerData: EngineThreadData): Worker {
  const loader = import.meta.resolve('tsx/esm/api');
  const entry = new URL('./worker/entry.ts', import.meta.url).href;
  const start = `import(${JSON.stringify(loader)}).then(({ register }) => { register(); return import(${JSON.stringify(entry)}); })`;
  return new Worker(start, { eval: true, execArgv: [], workerData, resourceLimits: RESOURCE_LIMITS });
}
