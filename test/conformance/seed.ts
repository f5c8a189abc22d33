import WebTorrent, { type ChunkStore, type Torrent } from 'webtorrent';
import { LONE_CLIENT } from '../support/lone-webtorrent.ts';

export interface Seed {
  infoHash: string;
  /** Names this seed as the torrent's only peer. */
  magnet: string;
  torrentFile: Uint8Array;
  address: string;
  /** Pieces of which something has been given out. */
  served: ReadonlySet<number>;
  /** How many peers are connected to it. */
  connections(): number;
  /** May be called again. */
  close(): Promise<void>;
}

export interface SeedOptions {
  pieceBytes?: number;
  /** Bytes per second. */
  uploadLimit?: number;
  isPrivate?: boolean;
  /** Gives wrong bytes for these pieces. Asked for each block. */
  lies?: (piece: number) => boolean;
  /** Answers no request after so many. */
  stallsAfter?: number;
  /** A peer to connect to by itself. */
  joins?: string;
}

/**
 * A peer of webtorrent's own make on loopback, in this process, that holds a file or a folder of files whole. It is found by nothing
 * but its address.
 */
export async function seed(path: string, options: SeedOptions = {}): Promise<Seed> {
  const client = new WebTorrent({ ...LONE_CLIENT, uploadLimit: options.uploadLimit ?? -1 });
  const torrent = await new Promise<Torrent>((resolve, reject) => {
    client.once('error', reject);
    client.seed(
      path,
      {
        announceList: [],
        ...(options.pieceBytes === undefined ? {} : { pieceLength: options.pieceBytes }),
        ...(options.isPrivate === undefined ? {} : { private: options.isPrivate }),
      },
      resolve,
    );
  });
  const served = noteServed(torrent.store);
  misbehave(torrent.store, options);
  if (options.joins !== undefined) torrent.addPeer(options.joins);
  const address = `127.0.0.1:${client.torrentPort}`;
  let closing: Promise<void> | undefined;
  return {
    infoHash: torrent.infoHash,
    magnet: `magnet:?xt=urn:btih:${torrent.infoHash}&x.pe=${address}`,
    torrentFile: torrent.torrentFile,
    address,
    served,
    connections: () => torrent.wires.length,
    close() {
      closing ??= new Promise((resolve) => client.destroy(() => resolve()));
      return closing;
    },
  };
}

function noteServed(store: ChunkStore): Set<number> {
  const get = store.get.bind(store);
  const served = new Set<number>();
  store.get = (index, range, done) => {
    served.add(index);
    get(index, range, done);
  };
  return served;
}

function misbehave(store: ChunkStore, { lies, stallsAfter = Number.POSITIVE_INFINITY }: SeedOptions): void {
  const get = store.get.bind(store);
  let answers = 0;
  store.get = (index, range, done) => {
    answers += 1;
    if (answers > stallsAfter) return;
    get(index, range, (error, bytes) => {
      done(error, bytes && lies?.(index) ? bytes.map((byte) => byte ^ 1) : bytes);
    });
  };
}
