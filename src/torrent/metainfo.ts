import { createHash } from 'node:crypto';
import { z } from 'zod';
import { RaffiError } from '../errors.ts';
import { usableTrackers, usableWebSeeds } from './announce-urls.ts';
import { displayPath } from './display-path.ts';
import { onlyVersion2 } from './magnet.ts';
import { decode, encode } from './safe-bencode.ts';
import type { TorrentSpec } from './torrent-spec.ts';

/** Largest `.torrent` file that is taken. */
export const MAX_METAINFO_BYTES = 8 * 1024 * 1024;
const MAX_FILES = 100_000;
/** Beyond these a piece is no unit to stream by, and its memory would be a peer's to command. */
const MIN_PIECE_BYTES = 1024;
const MAX_PIECE_BYTES = 64 * 1024 * 1024;
const HASH_BYTES = 20;

/** One file of a torrent. Its place in the list is its `fileIdx`. */
export interface TorrentFileInfo {
  /** For a person to read: parts joined by `/`, made harmless. No file of this name is ever written. */
  path: string;
  sizeBytes: number;
  /** Where it begins in the torrent, bytes. */
  offset: number;
  /** Fills up a piece (BEP 47): not a file anybody wants. */
  isPadding: boolean;
}

/** What a torrent holds. */
export interface TorrentLayout {
  infoHash: string;
  name: string;
  isPrivate: boolean;
  pieceBytes: number;
  pieceCount: number;
  sizeBytes: number;
  files: TorrentFileInfo[];
}

const bytes = z.instanceof(Uint8Array);
const size = z.int().nonnegative();
const fileEntry = z.object({
  length: size,
  path: z.array(bytes).min(1).max(64),
  'path.utf-8': z.array(bytes).min(1).max(64).optional(),
  attr: bytes.optional(),
});
const infoDictionary = z.object({
  name: bytes.optional(),
  'name.utf-8': bytes.optional(),
  'piece length': z.int().min(MIN_PIECE_BYTES).max(MAX_PIECE_BYTES),
  pieces: bytes,
  length: size.optional(),
  files: z.array(fileEntry).min(1).max(MAX_FILES).optional(),
  private: z.unknown().optional(),
});
const file = z.object({
  info: z.looseObject({}),
  announce: bytes.optional().catch(undefined),
  'announce-list': z.array(z.array(bytes)).optional().catch(undefined),
  'url-list': z
    .union([bytes, z.array(bytes)])
    .optional()
    .catch(undefined),
});

/**
 * A `.torrent` file (BEP 3).
 *
 * @throws `bad_torrent`, saying what is wrong with it; `torrent_unsupported` for one of BitTorrent v2 alone.
 */
export function parseMetainfo(metainfo: Uint8Array): TorrentSpec & { metainfo: Uint8Array } {
  if (metainfo.length > MAX_METAINFO_BYTES) throw broken('It is larger than 8 MiB.');
  const parsed = file.safeParse(decoded(metainfo));
  if (!parsed.success) throw broken('It lacks its info dictionary.');
  const { info, announce, ...lists } = parsed.data;
  const { infoHash, name } = layoutOf(info);
  const trackers = (lists['announce-list'] ?? []).flat().concat(announce ?? []);
  const webSeeds = [lists['url-list'] ?? []].flat();
  return {
    infoHash,
    name,
    trackers: usableTrackers(trackers.map(text)),
    webSeeds: usableWebSeeds(webSeeds.map(text)),
    peers: [],
    metainfo,
  };
}

/** What the info dictionary of a `.torrent` file says. Peers' descriptions arrive as such a file too. @throws as `parseMetainfo`. */
export function parseLayout(metainfo: Uint8Array): TorrentLayout {
  const parsed = file.safeParse(decoded(metainfo));
  if (!parsed.success) throw broken('It lacks its info dictionary.');
  return layoutOf(parsed.data.info);
}

function layoutOf(info: Record<string, unknown>): TorrentLayout {
  if (info['meta version'] === 2 && info.pieces === undefined) throw onlyVersion2();
  const parsed = infoDictionary.safeParse(info);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw broken(`Its "${issue?.path.join('.').slice(0, 60)}" is wrong.`);
  }
  const { pieces, files: entries, private: isPrivate, ...rest } = parsed.data;
  const name = displayPath([text(rest['name.utf-8'] ?? rest.name ?? new Uint8Array())]);
  const files = entries ? filesOf(name, entries) : [single(name, rest.length)];
  const last = files.at(-1);
  const sizeBytes = last ? last.offset + last.sizeBytes : 0;
  if (sizeBytes === 0) throw broken('It holds no bytes.');
  if (!Number.isSafeInteger(sizeBytes)) throw broken('Its size is impossible.');
  const pieceBytes = rest['piece length'];
  const pieceCount = Math.ceil(sizeBytes / pieceBytes);
  if (pieces.length !== pieceCount * HASH_BYTES) throw broken('Its piece hashes do not cover its files.');
  const infoHash = createHash('sha1').update(encode(info)).digest('hex');
  return { infoHash, name, isPrivate: Boolean(isPrivate), pieceBytes, pieceCount, sizeBytes, files };
}

function single(name: string, length: number | undefined): TorrentFileInfo {
  if (length === undefined) throw broken('It lists no files.');
  return { path: name, sizeBytes: length, offset: 0, isPadding: false };
}

function filesOf(name: string, entries: z.infer<typeof fileEntry>[]): TorrentFileInfo[] {
  let offset = 0;
  return entries.map((entry) => {
    const parts = (entry['path.utf-8'] ?? entry.path).map(text);
    const info = {
      path: displayPath([name, ...parts]),
      sizeBytes: entry.length,
      offset,
      isPadding: parts[0] === '.pad' || text(entry.attr ?? new Uint8Array()).includes('p'),
    };
    offset += entry.length;
    return info;
  });
}

function decoded(metainfo: Uint8Array): unknown {
  try {
    return decode(metainfo);
  } catch (cause) {
    throw broken('It is no .torrent file, or only a part of one.', cause);
  }
}

function text(value: Uint8Array): string {
  return new TextDecoder().decode(value);
}

function broken(reason: string, cause?: unknown): RaffiError {
  return new RaffiError(
    'bad_torrent',
    `The torrent cannot be used. ${reason} Fetch it again, or try another.`,
    {
      cause,
    },
  );
}
