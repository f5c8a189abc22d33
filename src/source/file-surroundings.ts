import { constants, type Dirent } from 'node:fs';
import { lstat, open, opendir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { RaffiError } from '../errors.ts';
import { isVideoName } from './media-names.ts';
import type { FileBeside, LookedFor, Surroundings } from './surroundings.ts';

/** Entries of folders that are looked at in all: people keep thousands of films in one. */
const MAX_ENTRIES = 5000;
/** `Subs/<film>/2_English.srt` */
const MAX_DEPTH = 2;
/** A folder with more is a collection, whose videos are films of their own, however large they are. */
const MAX_SIZED_VIDEOS = 8;

/**
 * What lies around a film of this computer: in its folder, and in folders beside it that are named so. Links are not followed: what they lead to was
 * not opened by anybody. Folders that cannot be read are passed over.
 */
export async function fileSurroundings(
  film: string,
  lookedFor: LookedFor,
  signal: AbortSignal,
): Promise<Surroundings> {
  const root = path.dirname(film);
  const found: string[][] = [];
  let entriesLeft = MAX_ENTRIES;
  const look = async (folders: readonly string[]): Promise<void> => {
    for await (const entry of entriesOf(path.join(root, ...folders))) {
      signal.throwIfAborted();
      entriesLeft -= 1;
      if (entriesLeft < 0) return;
      const { name } = entry;
      const isInside = folders.length > 0;
      if (entry.isFile() && (lookedFor.isFile(name) || (!isInside && isVideoName(name)))) {
        found.push([...folders, name]);
      } else if (entry.isDirectory() && (isInside ? folders.length < MAX_DEPTH : lookedFor.isFolder(name))) {
        await look([...folders, name]);
      }
    }
  };
  await look([]);
  const isVideo = (parts: readonly string[]) => isVideoName(parts.at(-1) ?? '');
  const isCollection = found.filter(isVideo).length > MAX_SIZED_VIDEOS;
  const files = await Promise.all(
    found.map((parts) => fileBeside(root, parts, isVideo(parts) && !isCollection)),
  );
  return { film: path.basename(film), files, isRelease: false };
}

async function* entriesOf(folder: string): AsyncGenerator<Dirent, void, void> {
  try {
    yield* await opendir(folder);
  } catch {
    // It may not be read, or is gone.
  }
}

async function fileBeside(root: string, parts: readonly string[], isSized: boolean): Promise<FileBeside> {
  const size = async () => {
    const stats = await lstat(path.join(root, ...parts)).catch(() => null);
    return stats?.isFile() ? stats.size : 0;
  };
  return {
    path: parts.join('/'),
    sizeBytes: isSized ? await size() : null,
    size,
    read: (maxBytes, signal) => readInside(root, parts, maxBytes, signal),
  };
}

/** Reads a file that still lies where it was found: a folder or the file may have become a link meanwhile. */
async function readInside(
  root: string,
  parts: readonly string[],
  maxBytes: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const name = parts.at(-1) ?? '';
  signal.throwIfAborted();
  try {
    const expected = path.join(await realpath(root), ...parts);
    if ((await realpath(path.join(root, ...parts))) !== expected) throw moved(name);
    // Where the system knows these: neither a link nor a pipe that nobody writes to is waited for.
    const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
    const handle = await open(expected, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) throw moved(name);
      const bytes = new Uint8Array(Math.min(stats.size, maxBytes));
      let filled = 0;
      while (filled < bytes.length) {
        const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, filled);
        signal.throwIfAborted();
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return bytes.subarray(0, filled);
    } finally {
      await handle.close();
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof RaffiError ? error : moved(name, error);
  }
}

function moved(name: string, cause?: unknown): RaffiError {
  return new RaffiError(
    'source_not_found',
    `The file "${name}" beside the film cannot be read any more. Check whether it was moved or may not be read.`,
    { cause },
  );
}
