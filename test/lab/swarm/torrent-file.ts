import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PYTHON } from '../../../build/setup/python.ts';

export interface TorrentWish {
  /** Where the .torrent is written. */
  path: string;
  /** The folder that holds the content. */
  folder: string;
  /** Paths in it, in the torrent's order (versions with BEP 52 sort them): one name, or several below one folder. */
  files: readonly string[];
  /** A power of two of at least 16 KiB. */
  pieceLengthBytes: number;
  /** BEP 27: no DHT, no peer exchange. */
  isPrivate?: boolean;
  trackers?: readonly string[];
  /** BEP 19. */
  webSeeds?: readonly string[];
  /** Of the metadata: BEP 3, BEP 52, or both in one. */
  version?: 'v1' | 'v2' | 'hybrid';
}

export interface TorrentFile {
  path: string;
  /** Hex; of version 2 (64 digits) only where there is no version 1 (40 digits). */
  infoHash: string;
  pieceCount: number;
}

const SCRIPT = fileURLToPath(new URL('make_torrent.py', import.meta.url));

/** Writes a .torrent with libtorrent, which is another hand than the one under test. */
export async function makeTorrent(wish: TorrentWish): Promise<TorrentFile> {
  const full = { isPrivate: false, trackers: [], webSeeds: [], version: 'v1', ...wish };
  const { stdout } = await promisify(execFile)(PYTHON, [SCRIPT, JSON.stringify(full)]);
  return { path: wish.path, ...(JSON.parse(stdout) as { infoHash: string; pieceCount: number }) };
}

/** BEP 9 (and BEP 53's `x.pe`). */
export function magnetLink(
  infoHash: string,
  parts: { name?: string; trackers?: readonly string[]; peers?: readonly string[] } = {},
): string {
  // A version 2 hash is a multihash: sha2-256 (0x12) of 32 bytes (0x20).
  const topic = infoHash.length === 64 ? `urn:btmh:1220${infoHash}` : `urn:btih:${infoHash}`;
  const values = [
    ...(parts.name === undefined ? [] : [['dn', parts.name] as const]),
    ...(parts.trackers ?? []).map((url) => ['tr', url] as const),
    ...(parts.peers ?? []).map((address) => ['x.pe', address] as const),
  ];
  return [`magnet:?xt=${topic}`, ...values.map(([key, value]) => `${key}=${encodeURIComponent(value)}`)].join(
    '&',
  );
}
