import type { Torrent } from 'webtorrent';
import { usableTrackers, usableWebSeeds } from '../announce-urls.ts';
import { PieceStore } from './piece-store.ts';
import type { SwarmOptions } from './swarm.ts';

/** Adds a torrent to the client with nothing selected: what is fetched is decided piece by piece. */
export function openTorrent(
  { client, spec, folder, trackers, webSeeds, webRtc, resume }: SwarmOptions,
  onStore: (store: PieceStore) => void,
): Torrent {
  const { infoHash, name, peers } = spec;
  const metainfo = spec.metainfo ?? resume?.metainfo;
  const announced = (own: readonly string[], isPrivate: boolean) => {
    const urls = usableTrackers([...own, ...(isPrivate ? [] : trackers)]);
    return webRtc ? urls : urls.filter((url) => !/^wss?:/i.test(url));
  };
  const torrent = client.add(
    metainfo ?? {
      infoHash,
      ...(name === null ? {} : { name }),
      announce: announced(spec.trackers, false),
      urlList: webSeeds ? [...spec.webSeeds] : [],
      peerAddresses: [...peers],
    },
    { deselect: true, store: PieceStore, storeOpts: { folder, made: onStore }, storeCacheSlots: 0 },
  );
  // Before anything is connected to: what a file names passes the same checks as what a link names.
  torrent.on('infoHash', () => {
    torrent.announce = announced(torrent.announce.concat(spec.trackers), torrent.private === true);
    torrent.urlList = webSeeds ? usableWebSeeds(torrent.urlList.concat(spec.webSeeds)) : [];
    // A kept description has no room for the peers of the link.
    if (metainfo) for (const peer of peers) torrent.addPeer(peer);
  });
  respectPrivacy(torrent, client);
  return torrent;
}

/**
 * BEP 27: peers of a private torrent come from its tracker alone. webtorrent keeps DHT and PEX off it, but not the local network's
 * multicast; and of a magnet link nobody knows that it is private until its description is there: discovery begins anew then.
 */
function respectPrivacy(torrent: Torrent, client: { lsd: boolean }): void {
  const start = torrent._startDiscovery.bind(torrent);
  torrent._startDiscovery = () => {
    const { lsd } = client;
    client.lsd = lsd && torrent.private !== true;
    try {
      start();
    } finally {
      client.lsd = lsd;
    }
  };
  torrent.on('metadata', () => {
    if (torrent.private !== true || !torrent.discovery) return;
    torrent.discovery.destroy();
    torrent.discovery = null;
  });
}
