import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { RaffiError } from '../errors.ts';
import type { ByteSource } from '../source/byte-source.ts';
import { validateSourceUrl } from '../source/validate-source.ts';
import { usableTrackers } from './announce-urls.ts';
import { isMagnetLike, magnetOf, parseMagnet } from './magnet.ts';
import { MAX_METAINFO_BYTES, parseMetainfo } from './metainfo.ts';
import type { TorrentSpec } from './torrent-spec.ts';

/** How a torrent is asked for. */
export interface TorrentRequest {
  /** A magnet link, an info-hash, or the http(s) URL of a `.torrent` file. */
  source: string;
  /** That are asked too. */
  trackers?: readonly string[] | undefined;
  /** The `.torrent` file itself in base64, where one was handed over; `source` is its magnet link then. */
  metainfo?: string | undefined;
}

/** A `.torrent` file that was handed over, as a request: what a session keeps and can be made of again. @throws as `parseMetainfo`. */
export function requestOfMetainfo(bytes: Uint8Array): { source: string; metainfo: string } {
  const spec = parseMetainfo(bytes);
  return { source: magnetOf(spec), metainfo: Buffer.from(bytes).toString('base64') };
}

/** The same for a `.torrent` file of this computer. @throws `source_not_found`, `bad_torrent`, `torrent_unsupported`. */
export async function requestOfTorrentFile(file: string): Promise<{ source: string; metainfo: string }> {
  const name = path.basename(file);
  let bytes: Uint8Array;
  try {
    const { size } = await stat(file);
    if (size > MAX_METAINFO_BYTES) throw tooLarge();
    bytes = await readFile(file);
  } catch (cause) {
    if (cause instanceof RaffiError) throw cause;
    throw new RaffiError(
      'source_not_found',
      `The file "${name}" cannot be read. Check whether it was moved or may not be read.`,
      { cause },
    );
  }
  return requestOfMetainfo(bytes);
}

/** Checks the text of a request; touches neither network nor disk. @throws `bad_torrent`, `torrent_unsupported`, `source_refused`. */
export function checkTorrentSource(source: string): void {
  if (isMagnetLike(source)) parseMagnet(source);
  else if (/^https?:/i.test(source)) validateSourceUrl(source);
  else {
    throw new RaffiError(
      'bad_torrent',
      'This is no torrent. Give a magnet link, an info-hash of 40 hexadecimal digits, or the URL of a .torrent file.',
    );
  }
}

/**
 * What to look for; a function where a `.torrent` file has to be fetched first, through `open`.
 *
 * @throws as `checkTorrentSource`
 */
export function torrentSpecOf(
  { source, trackers = [], metainfo }: TorrentRequest,
  open: (url: string) => ByteSource,
): TorrentSpec | ((signal: AbortSignal) => Promise<TorrentSpec>) {
  const ownTrackers = usableTrackers(trackers);
  const withOwn = (spec: TorrentSpec): TorrentSpec => ({ ...spec, ownTrackers });
  if (metainfo !== undefined) return withOwn(parseMetainfo(Buffer.from(metainfo, 'base64')));
  checkTorrentSource(source);
  if (isMagnetLike(source)) return withOwn(parseMagnet(source));
  return async (signal) => withOwn(parseMetainfo(await fetchWhole(open(source), signal)));
}

async function fetchWhole(source: ByteSource, signal: AbortSignal): Promise<Uint8Array> {
  try {
    const { sizeBytes } = await source.open(signal);
    if (sizeBytes > MAX_METAINFO_BYTES) throw tooLarge();
    return await source.read(0, sizeBytes, signal);
  } finally {
    await source.close();
  }
}

function tooLarge(): RaffiError {
  return new RaffiError(
    'bad_torrent',
    'A .torrent file is at most 8 MiB large; this is something else. Check what was opened.',
  );
}
