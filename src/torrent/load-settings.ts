import net from 'node:net';
import { badConfig, checkReadable, parseAddress, type ReadVariable } from '../config-values.ts';
import { DEFAULT_TORRENT_SETTINGS, TORRENT_FEATURES, type TorrentSettings } from './settings.ts';

const MAX_PEERS = 1000;

/** How torrents use the network, from the environment. Throws `bad_config`. */
export function torrentSettings(
  read: ReadVariable,
  defaults: TorrentSettings = DEFAULT_TORRENT_SETTINGS,
): TorrentSettings {
  const address = read('RAFFI_TORRENT_ADDR', parseIpAddress);
  return {
    features: read('RAFFI_TORRENT_FEATURES', parseFeatures) ?? defaults.features,
    host: address?.host ?? defaults.host,
    port: address?.port ?? defaults.port,
    maxPeers: read('RAFFI_TORRENT_PEERS', parsePeers) ?? defaults.maxPeers,
    downloadLimit: read('RAFFI_TORRENT_DOWNLOAD_LIMIT', parseRate) ?? defaults.downloadLimit,
    uploadLimit: read('RAFFI_TORRENT_UPLOAD_LIMIT', parseRate) ?? defaults.uploadLimit,
    dhtNodes: read('RAFFI_TORRENT_DHT_NODES', parseNodes) ?? defaults.dhtNodes,
    blocklist: read('RAFFI_TORRENT_BLOCKLIST', checkReadable) ?? defaults.blocklist,
    keep: read('RAFFI_TORRENT_KEEP', parseYesOrNo) ?? defaults.keep,
  };
}

function parseIpAddress(name: string, value: string) {
  const address = parseAddress(name, value);
  if (net.isIP(address.host) === 0) {
    throw badConfig(name, value, 'an IP address and a port, such as 0.0.0.0:6881 (port 0 takes a free one)');
  }
  return address;
}

function parseFeatures(name: string, value: string): TorrentSettings['features'] {
  if (value.toLowerCase() === 'none') return [];
  return listOf(value).map((entry) => {
    const feature = TORRENT_FEATURES.find((known) => known === entry.toLowerCase());
    if (feature === undefined) {
      throw badConfig(name, entry, `"none", or a comma list of ${TORRENT_FEATURES.join(', ')}`);
    }
    return feature;
  });
}

function parsePeers(name: string, value: string): number {
  const peers = Number(value);
  if (!Number.isInteger(peers) || peers < 1 || peers > MAX_PEERS) {
    throw badConfig(name, value, `a number of peers, 1 to ${MAX_PEERS}`);
  }
  return peers;
}

/** Bytes per second: `500K`, `2M`. */
function parseRate(name: string, value: string): number {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)([KM]?)$/i.exec(value) ?? [];
  const rate = Math.floor(
    Number(digits) * { '': 1, K: 1024, M: 1024 ** 2 }[unit.toUpperCase() as '' | 'K' | 'M'],
  );
  if (!(rate >= 0 && Number.isSafeInteger(rate))) {
    throw badConfig(name, value, 'bytes per second, plain or with the suffix K or M (such as 500K)');
  }
  return rate;
}

function parseNodes(name: string, value: string): string[] {
  return listOf(value).map((entry) => {
    const { host, port } = parseAddress(name, entry);
    return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  });
}

function parseYesOrNo(name: string, value: string): boolean {
  const word = value.toLowerCase();
  if (word !== 'yes' && word !== 'no') throw badConfig(name, value, '"yes" or "no"');
  return word === 'yes';
}

function listOf(value: string): string[] {
  return value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}
