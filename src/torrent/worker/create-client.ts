import { createSocket } from 'node:dgram';
import { isIP } from 'node:net';
import WebTorrent from 'webtorrent';
import type { AddressRanges } from '../address-ranges.ts';
import type { TorrentSettings } from '../settings.ts';
import { blockDatagrams } from './block-datagrams.ts';
import { guardDatagrams } from './guard-datagrams.ts';

/** From peers, for all torrents together. */
const MAX_CONNECTIONS = 500;

/** A webtorrent client as the settings want it. It listens at once, so there is none before the first torrent. */
export function createClient(settings: TorrentSettings, blocked: AddressRanges | null): WebTorrent {
  const { features, host, port, maxPeers, downloadLimit, uploadLimit, dhtNodes } = settings;
  const has = (feature: TorrentSettings['features'][number]) => features.includes(feature);
  const isAnywhere = isAnyAddress(host);
  const dhtSocket = has('dht') ? createSocket('udp4') : null;
  const client = new WebTorrent({
    // Handed on to net.Server.listen and dgram's bind as they are, which both take an address this way.
    torrentPort: isAnywhere ? port : { host, port },
    dhtPort: isAnywhere ? 0 : { address: host, port: 0 },
    dht: dhtSocket !== null && { socket: dhtSocket, ...(dhtNodes === null ? {} : { bootstrap: dhtNodes }) },
    // Trackers and the local network are asked by our own `Discovery`.
    tracker: false,
    lsd: false,
    utPex: has('pex'),
    utp: has('utp') && isAnywhere,
    natUpnp: has('nat'),
    natPmp: has('nat'),
    webSeeds: has('webseeds'),
    maxConns: maxPeers,
    downloadLimit: downloadLimit ?? -1,
    uploadLimit: uploadLimit ?? -1,
  });
  if (dhtSocket) guardDatagrams(dhtSocket);
  // `maxConns` bounds those only that it makes itself.
  client._connPool.tcpServer.maxConnections = MAX_CONNECTIONS;
  if (blocked) block(client, blocked);
  if (blocked && dhtSocket) blockDatagrams(dhtSocket, blocked);
  return client;
}

/** At a single address, WebRTC keeps to it as well, and asks no STUN server on the internet what others see of it. */
export function rtcConfig({ host }: TorrentSettings): object | undefined {
  return isAnyAddress(host) ? undefined : { bindAddress: host, iceServers: [] };
}

export function isAnyAddress(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

/**
 * Seams: webtorrent asks its own list only before it connects, never of who connects to it, and goes on without one that it cannot read. What is no
 * address is a name, and could lead to any.
 */
function block(client: WebTorrent, blocked: AddressRanges): void {
  client.blocked = { contains: (host) => isIP(host) === 0 || blocked.has(host) };
  client._connPool.tcpServer.prependListener('connection', (connection) => {
    if (blocked.has(connection.remoteAddress ?? '')) connection.destroy();
  });
}
