import { parentPort, workerData } from 'node:worker_threads';
import type { EngineThreadData, FromEngine, ToEngine } from '../protocol.ts';
import { DEFAULT_TRACKERS } from '../settings.ts';
import { createClient } from './create-client.ts';
import { readResumeData } from './resume-data.ts';
import { Swarm } from './swarm.ts';

/** The engine's thread: one webtorrent client and its torrents. Ends itself once it is told to close and all sockets are. */
if (!parentPort) throw new Error('The torrent engine runs in a worker thread.');
const port = parentPort;
const { settings } = workerData as EngineThreadData;
const client = createClient(settings);
const swarms = new Map<string, Promise<Swarm>>();
/** Torrents on their way out, by info-hash: the client takes none twice. */
const leaving = new Map<string, Promise<void>>();
const send = (message: FromEngine) => port.postMessage(message);

client.on('error', (error: NodeJS.ErrnoException) => {
  send({ type: 'broken', message: error.message, portTaken: error.code === 'EADDRINUSE' });
});
port.on('message', (message: ToEngine) => void handle(message));

async function handle(message: ToEngine): Promise<void> {
  switch (message.type) {
    case 'add':
      swarms.set(message.key, add(message));
      return;
    case 'want':
      (await swarms.get(message.key))?.want(message.wants);
      return;
    case 'drop':
      await (await swarms.get(message.key))?.drop(message.from, message.end);
      send({ type: 'dropped', key: message.key, from: message.from });
      return;
    case 'remove':
      await remove(message.key);
      send({ type: 'removed', key: message.key });
      return;
    case 'close':
      await Promise.all([...swarms.keys()].map(remove));
      client.destroy(() => port.close());
  }
}

async function add({ key, spec, folder }: Extract<ToEngine, { type: 'add' }>): Promise<Swarm> {
  await leaving.get(spec.infoHash);
  const { features, keep } = settings;
  return new Swarm({
    client,
    key,
    spec,
    folder,
    keep,
    resume: keep ? await readResumeData(folder, spec.infoHash) : null,
    trackers: features.includes('trackers') ? DEFAULT_TRACKERS : [],
    webSeeds: features.includes('webseeds'),
    webRtc: features.includes('webrtc'),
    send,
  });
}

async function remove(key: string): Promise<void> {
  const swarm = await swarms.get(key);
  if (!swarm) return;
  swarms.delete(key);
  const closing = swarm.close();
  leaving.set(swarm.infoHash, closing);
  await closing;
  if (leaving.get(swarm.infoHash) === closing) leaving.delete(swarm.infoHash);
}
