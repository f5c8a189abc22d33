import type { PeerSource, Torrent } from 'webtorrent';
import { contained } from './contained.ts';

/** Peers that a torrent knows at most, connected or not. Trackers, the DHT and other peers tell of as many as they like. */
export const MAX_KNOWN_PEERS = 2_000;
/** Who tells of peers that are none of a private torrent's (BEP 27). */
const OPEN_SOURCES: ReadonlySet<PeerSource | undefined> = new Set<PeerSource>([
  'dht',
  'ut_pex',
  'lsd',
  'open-tracker',
]);

/**
 * Bounds what strangers make a torrent remember, keeps the swarm of a private one to itself, and lets no exception out of its description: webtorrent
 * takes one apart that has the right hash, and trusts it in places.
 */
export function guardTorrent(torrent: Torrent, onError: (error: unknown) => void): void {
  // Not `addPeer`: a peer whose connection ends goes past that when its turn comes again.
  const addPeer = torrent._addPeer.bind(torrent);
  torrent._addPeer = (peer, type, source) => {
    const isTaken =
      torrent._peersLength < MAX_KNOWN_PEERS && !(torrent.private === true && OPEN_SOURCES.has(source));
    if (isTaken || torrent.destroyed) return addPeer(peer, type, source);
    if (typeof peer !== 'string') peer.destroy();
    return null;
  };

  // webtorrent leaves it in its queue, connects to it when its turn comes, and nobody ever closes that connection. Peers say who is removed (PEX).
  const removePeer = torrent.removePeer.bind(torrent);
  torrent.removePeer = (peer) => {
    const removed = typeof peer === 'string' ? peer : peer.id;
    const place = torrent.destroyed ? -1 : torrent._queue.findIndex(({ id }) => id === removed);
    if (place >= 0) torrent._queue.splice(place, 1);
    removePeer(peer);
  };

  // Of two peers that give it in the same moment both would be taken; and it is taken apart while the torrent is left.
  const onMetadata = torrent._onMetadata.bind(torrent);
  let isKnown = false;
  torrent._onMetadata = contained(
    (metadata) => {
      if (isKnown) return;
      isKnown = true;
      return onMetadata(metadata);
    },
    (error) => {
      if (!torrent.destroyed) onError(error);
    },
  );
}

/** Leaves all peers, and forgets those that were to be connected to. Those that connected to us are among them, web seeds are not. */
export function forgetPeers(torrent: Torrent): void {
  // First: whoever is left makes room for the next in the queue.
  torrent._queue.length = 0;
  for (const peer of [...torrent._peers.values()]) if (peer.type !== 'webSeed') torrent.removePeer(peer);
}
