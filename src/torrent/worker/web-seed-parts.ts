import path from 'node:path';
import type { Torrent } from 'webtorrent';

/** More files than a block of any honest torrent touches. */
const MAX_PARTS = 32;

/** Bytes `[start, end)` of one file of a web seed. */
export interface WebSeedPart {
  url: string;
  start: number;
  end: number;
}

/**
 * What to ask a web seed for, so that it makes up bytes `[start, end)` of the torrent (BEP 19): its URL is that of the only file, or of the folder
 * that holds the torrent's.
 *
 * @throws where that is more files than is asked for
 */
export function webSeedParts(
  seed: string,
  files: Torrent['files'],
  { start, end }: { start: number; end: number },
): WebSeedPart[] {
  const touched = files.filter(
    (file) => file.length > 0 && file.offset < end && file.offset + file.length > start,
  );
  if (touched.length === 0 || touched.length > MAX_PARTS)
    throw new Error('No file, or too many, for a block');
  return touched.map((file) => ({
    url: files.length > 1 || seed.endsWith('/') ? urlIn(seed, file.path) : seed,
    start: Math.max(start - file.offset, 0),
    end: Math.min(end - file.offset, file.length),
  }));
}

function urlIn(folder: string, filePath: string): string {
  const names = filePath.split(path.sep).map(encodeURIComponent);
  return `${folder.replace(/\/$/, '')}/${names.join('/')}`;
}
