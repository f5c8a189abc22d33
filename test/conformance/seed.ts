import WebTorrent, { type ChunkStore, type Torrent, type Wire } from 'webtorrent';
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
  /** Refuses each request for these pieces (BEP 6, "reject"). */
  refuses?: (piece: number) => boolean;
  /** Chokes everybody for ever, and gives these pieces nevertheless (BEP 6, "allowed fast"); of one torrent at most a hundred. */
  allowsOnly?: (piece: number) => boolean;
  /** Told of each request for a block, before it is answered. */
  onAsked?: (piece: number) => void;
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
  if (options.allowsOnly) keepOut(torrent, options.allowsOnly);
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

function misbehave(
  store: ChunkStore,
  { lies, refuses, stallsAfter = Number.POSITIVE_INFINITY, onAsked }: SeedOptions,
): void {
  const get = store.get.bind(store);
  let answers = 0;
  store.get = (index, range, done) => {
    answers += 1;
    onAsked?.(index);
    if (answers > stallsAfter) return;
    if (refuses?.(index)) {
      done(new Error('refused'));
      return;
    }
    get(index, range, (error, bytes) => {
      done(error, bytes && lies?.(index) ? bytes.map((byte) => byte ^ 1) : bytes);
    });
  };
}

function keepOut(torrent: Torrent, allows: (piece: number) => boolean): void {
  torrent.on('wire', (wire: Wire) => {
    wire.unchoke = () => {};
    wire.once('interested', () => {
      for (let piece = 0; piece < torrent.pieces.length; piece += 1)
        if (allows(piece)) wire.allowedFast(piece);
    });
  });
}
