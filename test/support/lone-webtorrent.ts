import type { ClientOptions } from 'webtorrent';

/** A client of webtorrent's own that is on loopback, finds nobody and is found by nothing but its address. */
export const LONE_CLIENT: ClientOptions = {
  torrentPort: { host: '127.0.0.1', port: 0 },
  dht: false,
  lsd: false,
  utPex: false,
  utp: false,
  natUpnp: false,
  natPmp: false,
  tracker: false,
};
