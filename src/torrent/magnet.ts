import { RaffiError } from '../errors.ts';
import { usableTrackers, usableWebSeeds } from './announce-urls.ts';
import type { TorrentSpec } from './torrent-spec.ts';

const MAX_MAGNET_CHARS = 16 * 1024;
const MAX_PEERS = 32;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Whether a person's text is a magnet link or a bare info-hash. */
export function isMagnetLike(text: string): boolean {
  return /^magnet:/i.test(text) || infoHashOf(text) !== null;
}

/**
 * A magnet link (BEP 9) or a bare info-hash, hexadecimal or base32.
 *
 * @throws `bad_torrent` when it names no torrent, `torrent_unsupported` when it names one of BitTorrent v2 alone.
 */
export function parseMagnet(text: string): TorrentSpec {
  const bare = infoHashOf(text.trim());
  if (bare) return { infoHash: bare, name: null, trackers: [], webSeeds: [], peers: [] };
  if (text.length > MAX_MAGNET_CHARS) throw broken('The magnet link is longer than 16 KiB.');
  if (!/^magnet:\?/i.test(text)) throw broken('A magnet link begins with "magnet:?".');
  const parameters = new URLSearchParams(text.slice(text.indexOf('?') + 1).trim());
  const topics = valuesOf(parameters, 'xt');
  const infoHash = topics
    .map((topic) => /^urn:btih:(.+)$/i.exec(topic)?.[1] ?? '')
    .map(infoHashOf)
    .find((hash) => hash !== null);
  if (!infoHash) {
    if (topics.some((topic) => /^urn:btmh:/i.test(topic))) throw onlyVersion2();
    throw broken('The magnet link names no torrent: it lacks "xt=urn:btih:" with 40 hexadecimal digits.');
  }
  const name = parameters
    .get('dn')
    ?.replace(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, 255);
  return {
    infoHash,
    name: name || null,
    trackers: usableTrackers(valuesOf(parameters, 'tr')),
    webSeeds: usableWebSeeds(valuesOf(parameters, 'ws')),
    peers: valuesOf(parameters, 'x.pe').filter(isPeerAddress).slice(0, MAX_PEERS),
  };
}

/** The link under which a torrent given as a file is known: what a person may copy. */
export function magnetOf({ infoHash, name, trackers }: TorrentSpec): string {
  const named = name === null ? '' : `&dn=${encodeURIComponent(name)}`;
  return `magnet:?xt=urn:btih:${infoHash}${named}${trackers.map((url) => `&tr=${encodeURIComponent(url)}`).join('')}`;
}

export function onlyVersion2(): RaffiError {
  return new RaffiError(
    'torrent_unsupported',
    'This torrent is of BitTorrent version 2 alone, which Raffi does not speak. Look for a version 1 or hybrid torrent of the same film.',
  );
}

/** 40 hexadecimal digits in lower case, or null. 32 base32 digits mean the same (old links). */
export function infoHashOf(text: string): string | null {
  if (/^[0-9a-f]{40}$/i.test(text)) return text.toLowerCase();
  if (!/^[a-z2-7]{32}$/i.test(text)) return null;
  const bits = [...text.toUpperCase()].map((digit) => BASE32.indexOf(digit).toString(2).padStart(5, '0'));
  return (bits.join('').match(/.{4}/g) ?? [])
    .map((nibble) => Number.parseInt(nibble, 2).toString(16))
    .join('');
}

/** Numbered parameters (`tr.1`) mean the same as repeated ones. */
function valuesOf(parameters: URLSearchParams, key: string): string[] {
  return [...parameters].filter(([name]) => name.replace(/\.\d+$/, '') === key).map(([, value]) => value);
}

/** An IP address with a port: a name would be looked up by whoever connects. */
function isPeerAddress(text: string): boolean {
  const port = Number(/^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\]):(\d{1,5})$/i.exec(text)?.[1]);
  return port > 0 && port <= 65_535;
}

function broken(reason: string): RaffiError {
  return new RaffiError('bad_torrent', `${reason} Copy the whole link and try again.`);
}
