import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { contentName, contentPaths, layContent, type SwarmContent } from './content.ts';
import { type DhtNode, startDhtNode } from './dht-node.ts';
import { Owner, temporaryFolder } from './owner.ts';
import { freePort } from './ports.ts';
import type { Seed } from './seed.ts';
import { type SeedOptions, startSeed } from './start-seed.ts';
import { magnetLink, makeTorrent, type TorrentFile, type TorrentWish } from './torrent-file.ts';
import { announceUrl, startTracker, TRACKER_HOST, type Tracker } from './tracker.ts';
import { until } from './until.ts';

export type { SwarmContent } from './content.ts';
export type { Seed, SeedMake, SeedStatus } from './seed.ts';
export type { SeedOptions } from './start-seed.ts';

export interface SwarmOptions
  extends Partial<Pick<TorrentWish, 'pieceLengthBytes' | 'isPrivate' | 'webSeeds' | 'version'>> {
  content: SwarmContent;
  seeds: readonly SeedOptions[];
  /** Default true. */
  tracker?: boolean;
  /** Default false. All seeds but transmission join it. */
  dht?: boolean;
  /** Default false: seeds tell each other's addresses. */
  pex?: boolean;
}

/** A torrent with its tracker, its DHT and its seeds, all on loopback. Disposing it ends every program and removes every file. */
export interface Swarm extends AsyncDisposable {
  readonly name: string;
  readonly infoHash: string;
  readonly pieceCount: number;
  readonly pieceLengthBytes: number;
  /** Path of the .torrent. */
  readonly torrentFile: string;
  /** Names the tracker, where there is one. */
  readonly magnet: string;
  /** The info-hash and nothing else. */
  readonly bareMagnet: string;
  /** `host:port` of each seed, for clients that are told their peers. */
  readonly peerAddresses: readonly string[];
  readonly seeds: readonly Seed[];
  readonly tracker: Tracker | null;
  /** An entry to the DHT: a node without torrents. */
  readonly dhtNode: DhtNode | null;
  /** A folder for whatever the test makes; gone with the swarm. */
  readonly folder: string;
  /** One more seed, as ready as the first ones. */
  addSeed(options: SeedOptions): Promise<Seed>;
}

const READY_MS = 30_000;
const PIECE_LENGTH_BYTES = 256 * 1024;

/** Starts it all. When it returns, every seed has checked its files, listens, and is known to the tracker and the DHT. */
export async function startSwarm(options: SwarmOptions): Promise<Swarm> {
  const owner = new Owner();
  try {
    return await assemble(options, owner);
  } catch (error) {
    await owner[Symbol.asyncDispose]();
    throw error;
  }
}

async function assemble(options: SwarmOptions, owner: Owner): Promise<Swarm> {
  const { content, pieceLengthBytes = PIECE_LENGTH_BYTES, pex = false } = options;
  const root = owner.own(await temporaryFolder('raffi-swarm-')).path;
  const folder = async (name: string) => {
    await mkdir(join(root, name));
    return join(root, name);
  };
  const dht = options.dht ? owner.own(await startDhtNode(await folder('dht'))) : null;
  const port = options.tracker === false ? null : await freePort(TRACKER_HOST);
  const trackers = port === null ? [] : [announceUrl('http', port)];
  const torrent = await makeTorrentOf(options, pieceLengthBytes, await folder('content'), trackers);
  const { infoHash } = torrent;
  const tracker =
    port === null
      ? null
      : owner.own(await startTracker({ port, infoHashes: [infoHash], folder: await folder('tracker') }));

  const seeds: Seed[] = [];
  let started = 0;
  const start = async (seedOptions: SeedOptions) => {
    started += 1;
    return startSeed(seedOptions, {
      content,
      pieceLengthBytes,
      torrentPath: torrent.path,
      // From 127.0.0.2 on: clients and trackers that count by address see as many peers as there are.
      host: `127.0.0.${started + 1}`,
      folder: join(root, `seed-${started}`),
      pex,
      dhtNodes: dht === null ? null : [dht.address],
    });
  };
  const add = async (wished: readonly SeedOptions[]) => {
    const added = await owner.ownAll(wished.map(start));
    seeds.push(...added);
    await Promise.all(added.map(isSeeding));
    if (dht !== null && !options.isPrivate) await inDht(dht, infoHash, added);
    if (tracker?.isRunning()) await knownTo(tracker, infoHash, seeds);
    return added;
  };
  await add(options.seeds);

  const name = contentName(content);
  return {
    name,
    infoHash,
    pieceCount: torrent.pieceCount,
    pieceLengthBytes,
    torrentFile: torrent.path,
    magnet: magnetLink(infoHash, { name, trackers }),
    bareMagnet: magnetLink(infoHash),
    get peerAddresses() {
      return seeds.map(({ address }) => `${address.host}:${address.port}`);
    },
    seeds,
    tracker,
    dhtNode: dht,
    folder: await folder('test'),
    async addSeed(seedOptions) {
      const [seed] = await add([seedOptions]);
      if (seed === undefined) throw new Error('No seed was started');
      return seed;
    },
    [Symbol.asyncDispose]: () => owner[Symbol.asyncDispose](),
  };
}

async function makeTorrentOf(
  options: SwarmOptions,
  pieceLengthBytes: number,
  folder: string,
  trackers: readonly string[],
): Promise<TorrentFile> {
  await layContent(options.content, folder);
  const { isPrivate = false, webSeeds = [], version = 'v1' } = options;
  const path = join(folder, `${contentName(options.content)}.torrent`);
  const files = contentPaths(options.content);
  return makeTorrent({ path, folder, files, pieceLengthBytes, isPrivate, trackers, webSeeds, version });
}

async function isSeeding(seed: Seed): Promise<void> {
  await until(`${seed.make} seeds`, READY_MS, async () => (await seed.status()).seeding || null);
}

async function inDht(dht: DhtNode, infoHash: string, seeds: readonly Seed[]): Promise<void> {
  for (const { make, address } of seeds.filter((seed) => seed.make !== 'transmission')) {
    await until(`${make} is in the DHT`, READY_MS, () => dht.knows(infoHash, address) || null);
  }
}

/** Each announces when it has checked its files. One that has left since stays on the tracker's list. */
async function knownTo(tracker: Tracker, infoHash: string, seeds: readonly Seed[]): Promise<void> {
  await until('the tracker knows the seeds', READY_MS, async () => {
    return (await tracker.countSeeds(infoHash)) >= seeds.length || null;
  });
}
