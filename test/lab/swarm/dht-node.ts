import { startLibtorrent } from './libtorrent.ts';
import type { PeerAddress } from './seed.ts';

/** A DHT node without torrents: the entry by which the others find each other (BEP 5). */
export interface DhtNode extends AsyncDisposable {
  readonly address: PeerAddress;
  readonly pid: number;
  /** Whether that peer has announced that torrent here. */
  knows(infoHash: string, peer: PeerAddress): boolean;
}

export async function startDhtNode(folder: string): Promise<DhtNode> {
  const peer = await startLibtorrent({ source: null, folder, host: '127.0.0.1', pex: false, dhtNodes: [] });
  return {
    address: peer.address,
    pid: peer.process.pid,
    // In a DHT of fewer than eight nodes every announcement reaches every node.
    knows: (infoHash, { host, port }) =>
      peer.events.some(
        (event) =>
          event.event === 'dhtAnnounce' &&
          event.infoHash === infoHash &&
          event.host === host &&
          event.port === port,
      ),
    [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose](),
  };
}
