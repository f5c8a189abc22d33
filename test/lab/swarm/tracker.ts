import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startProcess } from './process.ts';
import { rpc, rpcOnceUp } from './rpc.ts';
import { until } from './until.ts';

/** opentracker on loopback, for HTTP and UDP. Disposing it is a tracker that is down. */
export interface Tracker extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
  isRunning(): boolean;
  readonly httpUrl: string;
  readonly udpUrl: string;
  /** Complete peers that it knows of a torrent (BEP 48). */
  countSeeds(infoHash: string): Promise<number>;
}

export interface TrackerWish {
  port: number;
  /** The torrents that it serves: Debian's build knows no other way than a list of them. */
  infoHashes: readonly string[];
  /** For that list; one that `nobody` may look into. */
  folder: string;
}

export const TRACKER_HOST = '127.0.0.1';
const START_MS = 10_000;

export async function startTracker({ port, infoHashes, folder }: TrackerWish): Promise<Tracker> {
  const list = join(folder, 'torrents.txt');
  await writeFile(list, infoHashes.map((hash) => `${asAnnounced(hash)}\n`).join(''));
  const at = ['-d', '/', '-w', list, '-i', TRACKER_HOST, '-p', String(port), '-P', String(port)];
  // It refuses to stay root, and if it changed the user itself the kernel would forget that it has to die with us.
  const lab = await startProcess('opentracker', at, { asNobody: true });
  try {
    await until('the tracker answers', START_MS, async () => {
      if (!lab.isRunning()) throw new Error(`opentracker ended:\n${lab.tail()}`);
      return rpcOnceUp({ url: scrapeUrl(port, '') });
    });
  } catch (error) {
    await lab[Symbol.asyncDispose]();
    throw error;
  }
  return {
    port,
    pid: lab.pid,
    isRunning: lab.isRunning,
    httpUrl: announceUrl('http', port),
    udpUrl: announceUrl('udp', port),
    async countSeeds(infoHash) {
      const { body } = await rpc({ url: scrapeUrl(port, infoHash) });
      return Number(/8:completei(\d+)e/.exec(body.toString('latin1'))?.[1] ?? 0);
    },
    [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose](),
  };
}

/** Known before it runs, since a .torrent names it. libtorrent asks a tracker on loopback at this path only (`ssrf_mitigation`). */
export function announceUrl(protocol: 'http' | 'udp', port: number): string {
  return `${protocol}://${TRACKER_HOST}:${port}/announce`;
}

function scrapeUrl(port: number, infoHash: string): string {
  return `http://${TRACKER_HOST}:${port}/scrape?info_hash=${asAnnounced(infoHash).replace(/../g, '%$&')}`;
}

/** A version 2 hash is announced by its first 20 bytes (BEP 52). */
function asAnnounced(infoHash: string): string {
  return infoHash.slice(0, 40);
}
