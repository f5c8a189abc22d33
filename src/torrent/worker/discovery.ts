import type { AnnounceProgress } from 'bittorrent-tracker';
import type WebTorrent from 'webtorrent';
import type { PeerSource, Torrent } from 'webtorrent';
import type { AddressRanges } from '../address-ranges.ts';
import { usableTrackers } from '../announce-urls.ts';
import type { SwarmReport } from '../protocol.ts';
import { forgetPeers } from './guard-torrent.ts';
import type { LocalDiscovery } from './local-discovery.ts';
import { type FoundPeer, Tracker } from './tracker.ts';

/** Trackers that a report lists at most. */
const MAX_REPORTED = 32;
/** Said to be left, bytes, as long as nobody knows: whoever has nothing left is no downloader, and is given no seeds. */
const UNKNOWN_LEFT_BYTES = 16 * 1024;

export interface DiscoveryOptions {
  client: WebTorrent;
  torrent: Torrent;
  /** Of the link, beside those that the torrent itself names. */
  trackers: readonly string[];
  /** That the person named beside the link. */
  ownTrackers: readonly string[];
  /** Trackers of our own that are asked too, except for a private torrent. */
  defaultTrackers: readonly string[];
  webRtc: boolean;
  /** How WebRTC connects, where not as usual. */
  rtcConfig: object | undefined;
  /** Null where the local network is not asked. */
  local: LocalDiscovery | null;
  /** Addresses that are not talked to. */
  blocked: AddressRanges | null;
  onTrouble: (text: string) => void;
}

/** How one torrent finds its peers: by its trackers and in the local network, which we ask, and by the DHT, which webtorrent asks. */
export class Discovery {
  readonly #options: DiscoveryOptions;
  #trackers: Tracker[] | null = null;
  #leaveLocal: (() => void) | undefined;
  readonly #closings = new Set<Promise<void>>();

  constructor(options: DiscoveryOptions) {
    this.#options = options;
    const { torrent } = options;
    // Seam (see webtorrent.d.ts): the moment when the port is known, and what the torrent names.
    const start = torrent._startDiscovery.bind(torrent);
    torrent._startDiscovery = () => {
      start();
      this.#start();
    };
    torrent.on('metadata', () => this.#respectPrivacy());
  }

  report(): Pick<SwarmReport, 'trackers' | 'dht'> {
    const dht = this.#options.torrent.discovery?.dht;
    return {
      trackers: (this.#trackers ?? []).slice(0, MAX_REPORTED).map(({ health }) => health),
      dht: dht ? { nodes: dht.nodes.count() } : null,
    };
  }

  /** Leaves them; the DHT goes with the torrent. Settles when that is done. */
  async close(): Promise<void> {
    this.#leave();
    await Promise.all(this.#closings);
  }

  #start(): void {
    const { client, torrent, ownTrackers, rtcConfig, local, blocked, onTrouble } = this.#options;
    if (this.#trackers || torrent.destroyed) return;
    const { infoHash } = torrent;
    const port = client.torrentPort;
    if (torrent.private !== true) {
      this.#leaveLocal = local?.join(infoHash, { port, onPeer: (address) => this.#found(address, 'lsd') });
    }
    this.#trackers = this.#urls().map(
      ([url, source]) =>
        new Tracker({
          url,
          isOwn: ownTrackers.includes(url),
          blocked,
          infoHash,
          peerId: client.peerId,
          port,
          userAgent: client.userAgent,
          ...(rtcConfig ? { rtcConfig } : {}),
          progress: () => progressOf(torrent),
          onPeer: (peer) => this.#found(peer, source),
          onTrouble,
        }),
    );
  }

  #found(peer: FoundPeer, by: PeerSource): void {
    const { torrent } = this.#options;
    if (!torrent.destroyed) torrent.addPeer(peer, by);
    else if (typeof peer !== 'string') peer.destroy();
  }

  #urls(): [url: string, source: PeerSource][] {
    const { torrent, trackers, ownTrackers, defaultTrackers, webRtc } = this.#options;
    const named = usableTrackers([...torrent.announce, ...trackers, ...ownTrackers]);
    const urls = torrent.private === true ? named : usableTrackers([...named, ...defaultTrackers]);
    return urls
      .filter((url) => webRtc || !/^wss?:/i.test(url))
      .map((url) => [url, named.includes(url) ? 'tracker' : 'open-tracker']);
  }

  #leave(): void {
    this.#leaveLocal?.();
    for (const tracker of this.#trackers ?? []) {
      const closing = tracker.close().finally(() => this.#closings.delete(closing));
      this.#closings.add(closing);
    }
    this.#trackers = null;
  }

  /**
   * BEP 27: peers of a private torrent come from its own trackers alone. Of a magnet link nobody knows that it is private until its description is
   * there: discovery begins anew then, and webtorrent keeps DHT and PEX off it. All peers are left, as they were told that we speak PEX, and nobody
   * knows who told of us to those that connected by themselves; the trackers tell of theirs again.
   */
  #respectPrivacy(): void {
    const { torrent } = this.#options;
    if (torrent.private !== true || !torrent.discovery) return;
    torrent.discovery.destroy();
    torrent.discovery = null;
    // The next discovery makes its own.
    clearInterval(torrent._noPeersIntervalId ?? undefined);
    this.#leave();
    forgetPeers(torrent);
  }
}

function progressOf({ length, uploaded, downloaded }: Torrent): AnnounceProgress {
  const left = length - downloaded;
  return { uploaded, downloaded, left: Number.isFinite(left) ? Math.max(left, 0) : UNKNOWN_LEFT_BYTES };
}
