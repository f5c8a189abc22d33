import type { Torrent } from 'webtorrent';
import { usableWebSeeds } from '../announce-urls.ts';
import { PieceStore } from './piece-store.ts';
import type { SwarmOptions } from './swarm.ts';
import { WebSeed } from './web-seed.ts';

/** Adds a torrent to the client with nothing selected: what is fetched is decided piece by piece. */
export function openTorrent(
  { client, spec, folder, webSeeds, resume, blocked }: SwarmOptions,
  onStore: (store: PieceStore) => void,
): Torrent {
  const { infoHash, name, peers } = spec;
  const metainfo = spec.metainfo ?? resume?.metainfo;
  const torrent = client.add(
    metainfo ?? {
      infoHash,
      ...(name === null ? {} : { name }),
      announce: [],
      urlList: webSeeds ? [...spec.webSeeds] : [],
      peerAddresses: [...peers],
    },
    { deselect: true, store: PieceStore, storeOpts: { folder, made: onStore }, storeCacheSlots: 0 },
  );
  // Seam (see webtorrent.d.ts): its own web seeds fetch from wherever they are led, and however much there is.
  const addWebSeed = torrent.addWebSeed.bind(torrent);
  torrent.addWebSeed = (seed) =>
    addWebSeed(
      typeof seed === 'string' ? new WebSeed(seed, torrent, { blocked, userAgent: client.userAgent }) : seed,
    );
  // Before anything is connected to: what a file names passes the same checks as what a link names.
  torrent.on('infoHash', () => {
    torrent.urlList = webSeeds ? usableWebSeeds(torrent.urlList.concat(spec.webSeeds)) : [];
    // A kept description has no room for the peers of the link.
    if (metainfo) for (const peer of peers) torrent.addPeer(peer);
  });
  return torrent;
}
