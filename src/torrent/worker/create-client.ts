import WebTorrent from 'webtorrent';
import type { TorrentSettings } from '../settings.ts';

/** A webtorrent client as the settings want it. It listens at once, so there is none before the first torrent. */
export function createClient(settings: TorrentSettings): WebTorrent {
  const { features, host, port, maxPeers, downloadLimit, uploadLimit, dhtNodes, blocklist } = settings;
  const has = (feature: TorrentSettings['features'][number]) => features.includes(feature);
  const isAnyAddress = host === '0.0.0.0' || host === '::';
  return new WebTorrent({
    // Handed on to net.Server.listen and dgram's bind as they are, which both take an address this way.
    torrentPort: isAnyAddress ? port : { host, port },
    dhtPort: isAnyAddress ? 0 : { address: host, port: 0 },
    dht: has('dht') ? { ...(dhtNodes === null ? {} : { bootstrap: dhtNodes }) } : false,
    lsd: has('lsd'),
    utPex: has('pex'),
    utp: has('utp') && isAnyAddress,
    natUpnp: has('nat'),
    natPmp: has('nat'),
    webSeeds: has('webseeds'),
    maxConns: maxPeers,
    downloadLimit: downloadLimit ?? -1,
    uploadLimit: uploadLimit ?? -1,
    ...(blocklist === null ? {} : { blocklist }),
  });
}
