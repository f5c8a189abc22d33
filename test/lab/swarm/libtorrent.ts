import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { PYTHON } from '../../../build/setup/python.ts';
import { type LabProcess, startProcess } from './process.ts';
import type { PeerAddress, Seed, SeedStatus, SeedWish } from './seed.ts';
import { until } from './until.ts';

/** What a libtorrent seed does once it has sent so much: it hangs with its connections open, or is gone. */
export interface SeedFault {
  kind: 'stall' | 'leave';
  afterBytes: number;
}

export interface LibtorrentWish extends Omit<SeedWish, 'torrentPath'> {
  /** Path of a .torrent, a magnet link, or null: a bare DHT node. */
  source: string | null;
  downloadBytesPerSecond?: number | undefined;
  /** Connected to at once. */
  peers?: readonly PeerAddress[];
  /** Claims every piece without looking at the files. */
  unverified?: boolean;
  /** Speaks no TCP. */
  utpOnly?: boolean | undefined;
  /** Peers of the local network (BEP 14). */
  lsd?: boolean;
  /** Command that runs it in another network: `ip netns exec …`. */
  within?: readonly string[];
  fault?: SeedFault | undefined;
}

/** What the peer tells by itself. */
export type LibtorrentEvent =
  | { event: 'listening'; port: number }
  | { event: 'complete' }
  | { event: 'hashFailed'; piece: number }
  | { event: 'dhtAnnounce'; infoHash: string; host: string; port: number }
  | { event: 'failed'; reason: string };

export interface LibtorrentStatus extends SeedStatus {
  downloadedBytes: number;
}

/** A libtorrent peer of any role. */
export interface LibtorrentPeer extends AsyncDisposable {
  readonly process: LabProcess;
  readonly address: PeerAddress;
  /** All so far, in order. */
  readonly events: readonly LibtorrentEvent[];
  status(): Promise<LibtorrentStatus>;
  limitUpload(bytesPerSecond: number | null): Promise<void>;
  connect(to: PeerAddress): Promise<void>;
}

const SCRIPT = fileURLToPath(new URL('libtorrent_peer.py', import.meta.url));
const START_MS = 20_000;

export async function startLibtorrent(wish: LibtorrentWish): Promise<LibtorrentPeer> {
  const { within = [], ...rest } = wish;
  const [command = PYTHON, ...args] = [...within, PYTHON, SCRIPT, JSON.stringify(argument(rest))];
  const lab = await startProcess(command, args);
  const { events, ask } = converse(lab);
  try {
    const port = await until('libtorrent listens', START_MS, () => {
      if (!lab.isRunning()) throw new Error(`libtorrent ended:\n${lab.tail()}`);
      return events.find((event) => event.event === 'listening')?.port ?? null;
    });
    return {
      process: lab,
      address: { host: wish.host, port },
      events,
      status: async () => (await ask({ do: 'status' })) as LibtorrentStatus,
      limitUpload: async (uploadBytesPerSecond) => void (await ask({ do: 'limit', uploadBytesPerSecond })),
      connect: async (to) => void (await ask({ do: 'connect', ...to })),
      [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose](),
    };
  } catch (error) {
    await lab[Symbol.asyncDispose]();
    throw error;
  }
}

/** A libtorrent peer as a seed; alone of its make it can be told to fail in the middle or to poison. */
export async function libtorrentSeed(
  wish: SeedWish & Pick<LibtorrentWish, 'unverified' | 'utpOnly' | 'fault'>,
): Promise<Seed> {
  const { torrentPath, ...rest } = wish;
  const peer = await startLibtorrent({ ...rest, source: torrentPath });
  return {
    make: 'libtorrent',
    address: peer.address,
    pid: peer.process.pid,
    isRunning: peer.process.isRunning,
    status: peer.status,
    connect: peer.connect,
    limitUpload: peer.limitUpload,
    stall: peer.process.stall,
    resume: peer.process.resume,
    isStalled: peer.process.isStalled,
    [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose](),
  };
}

/** As the script reads it: nothing absent but limits, addresses as pairs. */
function argument(wish: LibtorrentWish) {
  const pairs = (list: readonly PeerAddress[]) => list.map(({ host, port }) => [host, port]);
  return {
    ...wish,
    peers: pairs(wish.peers ?? []),
    unverified: wish.unverified ?? false,
    utpOnly: wish.utpOnly ?? false,
    lsd: wish.lsd ?? false,
    fault: wish.fault ?? null,
    dht: wish.dhtNodes !== null,
    dhtNodes: pairs(wish.dhtNodes ?? []),
  };
}

/** Tells its lines apart: events are kept, the others answer the commands in order. */
function converse(lab: LabProcess) {
  const events: LibtorrentEvent[] = [];
  const waiting: { resolve(answer: object): void; reject(reason: Error): void }[] = [];
  createInterface({ input: lab.child.stdout }).on('line', (line) => {
    const said = JSON.parse(line) as object;
    if ('event' in said) events.push(said as LibtorrentEvent);
    else waiting.shift()?.resolve(said);
  });
  lab.child.once('close', () => {
    for (const { reject } of waiting.splice(0)) reject(new Error(`libtorrent ended:\n${lab.tail()}`));
  });
  const ask = (command: object) =>
    new Promise<object>((resolve, reject) => {
      if (!lab.isRunning()) return reject(new Error(`libtorrent has ended:\n${lab.tail()}`));
      waiting.push({ resolve, reject });
      lab.child.stdin.write(`${JSON.stringify(command)}\n`);
    });
  return { events, ask };
}
