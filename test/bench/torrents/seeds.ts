import { createHash } from 'node:crypto';
import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import bencode from 'bencode';
import { libtorrentSeed } from '../../lab/swarm/libtorrent.ts';
import { Owner, temporaryFolder } from '../../lab/swarm/owner.ts';
import { magnetLink } from '../../lab/swarm/torrent-file.ts';
import { until } from '../../lab/swarm/until.ts';

const READY_MS = 30_000;

export interface ZerosWish {
  sizeBytes: number;
  pieceBytes: number;
  /** Of each seed; null: no limit. */
  seeds: readonly (number | null)[];
}

/** A torrent that somebody seeds. */
export interface Seeded extends AsyncDisposable {
  infoHash: string;
  /** Names the seeds: nothing has to be found. */
  magnet: string;
}

/** A torrent of zeros, of any size: a file without a byte on disk, whose pieces are all alike, and seeds that do not look at it. */
export async function seedZeros({ sizeBytes, pieceBytes, seeds }: ZerosWish): Promise<Seeded> {
  const owner = new Owner();
  const { path: root } = owner.own(await temporaryFolder('raffi-zeros-'));
  const torrentPath = join(root, 'zeros.torrent');
  const hash = createHash('sha1').update(Buffer.alloc(pieceBytes)).digest();
  const pieceCount = sizeBytes / pieceBytes;
  const pieces = Buffer.concat(Array.from({ length: pieceCount }, () => hash));
  // A name of its own for each, so that no info-hash comes twice.
  const name = `zeros-${sizeBytes}-${pieceBytes}.mkv`;
  const info = { length: sizeBytes, name, 'piece length': pieceBytes, pieces };
  const infoHash = createHash('sha1').update(bencode.encode(info)).digest('hex');
  await writeFile(torrentPath, bencode.encode({ info }));
  const started = await owner.ownAll(
    seeds.map(async (limit, index) => {
      const folder = join(root, `seed-${index}`);
      await mkdir(folder);
      const file = await open(join(folder, name), 'w');
      await file.truncate(sizeBytes);
      await file.close();
      const uploadBytesPerSecond = limit ?? undefined;
      return libtorrentSeed({
        ...{ torrentPath, folder, host: `127.0.0.${index + 2}`, uploadBytesPerSecond },
        ...{ pex: false, dhtNodes: null, unverified: true },
      });
    }),
  );
  for (const seed of started) {
    await until('a seed of zeros', READY_MS, async () => (await seed.status()).seeding || null);
  }
  // As they are: webtorrent does not decode them.
  const peers = started.map(({ address }) => `&x.pe=${address.host}:${address.port}`);
  return {
    infoHash,
    magnet: magnetLink(infoHash) + peers.join(''),
    [Symbol.asyncDispose]: () => owner[Symbol.asyncDispose](),
  };
}
