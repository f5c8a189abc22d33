/** Ways to find and reach peers, each of which can be switched off. */
export const TORRENT_FEATURES = [
  /** Finding peers without a tracker (BEP 5). */
  'dht',
  /** Peers tell of peers (BEP 11). */
  'pex',
  /** Peers of the local network (BEP 14). */
  'lsd',
  /** Raffi's own short list of public trackers, beside the torrent's. */
  'trackers',
  /** Trackers and peers over WebSocket and WebRTC. */
  'webrtc',
  /** uTP (BEP 29). */
  'utp',
  /** HTTP servers that hold the torrent's files (BEP 19). */
  'webseeds',
  /** Asks the router to let peers in (UPnP, NAT-PMP). */
  'nat',
] as const;
export type TorrentFeature = (typeof TORRENT_FEATURES)[number];

/** How torrents use the network. Plain data: it crosses to the engine's thread. */
export interface TorrentSettings {
  features: readonly TorrentFeature[];
  /** Address that peers may connect to; `0.0.0.0` is any. uTP listens at any address, so it is off at a single one. */
  host: string;
  /** 0 takes a free port. */
  port: number;
  maxPeers: number;
  /** Bytes per second; null: no limit. */
  downloadLimit: number | null;
  uploadLimit: number | null;
  /** DHT nodes (`host:port`) to begin with, instead of the public ones; null: those. */
  dhtNodes: readonly string[] | null;
  /** A file of addresses that are not talked to, whatever for (see `parseAddressRanges`; gzip too); null: none. */
  blocklist: string | null;
  /** Whether pieces are kept for the next time a torrent is opened, in this run or a later one, as far as the cache has room. */
  keep: boolean;
}

/**
 * Off unless told: a router that was not asked for it is left alone, utp-native (2.5.3) can end the whole core with an assertion of libuv when the
 * engine's thread ends while a connection is being closed, and node-datachannel (0.33.4), which WebRTC needs, ends it with a segmentation fault when a
 * second thread of the process makes a connection. Where WebRTC is on, the engine's thread therefore stays until the core stops.
 */
const ON_DEMAND: readonly TorrentFeature[] = ['nat', 'utp', 'webrtc'];

export const DEFAULT_TORRENT_SETTINGS: TorrentSettings = {
  features: TORRENT_FEATURES.filter((feature) => !ON_DEMAND.includes(feature)),
  host: '0.0.0.0',
  port: 0,
  maxPeers: 55,
  downloadLimit: null,
  uploadLimit: null,
  dhtNodes: null,
  blocklist: null,
  keep: false,
};

/** Large, long-lived, open to any torrent. Asked only for torrents that are not private. */
export const DEFAULT_TRACKERS: readonly string[] = [
  'udp://tracker.opentrackr.org:1337/announce',
  'udp://open.demonii.com:1337/announce',
  'udp://tracker.torrent.eu.org:451/announce',
  'udp://exodus.desync.com:6969/announce',
  'wss://tracker.openwebtorrent.com',
];
