import { parentPort, workerData } from 'node:worker_threads';
import type { EngineThreadData, FromEngine } from '../protocol.ts';
import { Engine } from './engine.ts';
import { readBlocklist } from './read-blocklist.ts';

/** The engine's thread. Without the blocklist that was asked for there is no engine: then nobody is talked to, rather than everybody. */
if (!parentPort) throw new Error('The torrent engine runs in a worker thread.');
const port = parentPort;
const { settings } = workerData as EngineThreadData;
try {
  const blocked = settings.blocklist === null ? null : await readBlocklist(settings.blocklist);
  new Engine(port, settings, blocked);
} catch (error) {
  const { message } = error as Error;
  port.postMessage({ type: 'broken', message, because: 'blocklist' } satisfies FromEngine);
}
