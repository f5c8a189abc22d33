import { constants, copyFile, link, mkdir, open, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** What a swarm shares: one file, or with `name` a folder of files. */
export interface SwarmContent {
  /** Name of the folder, for a torrent of several files. */
  name?: string;
  /** Path inside the torrent → its bytes, or the path of a file on this disk. */
  files: Record<string, Uint8Array | string>;
}

/** The content's name as the torrent has it. */
export function contentName({ name, files }: SwarmContent): string {
  const paths = Object.keys(files);
  if (name !== undefined) return name;
  if (paths.length !== 1) throw new Error('A torrent of several files needs a name');
  return paths[0] ?? '';
}

/** The files' paths in the folder that holds the content. */
export function contentPaths({ name = '', files }: SwarmContent): string[] {
  return Object.keys(files).map((path) => join(name, path));
}

/**
 * Lays the content into a folder, as a client that downloaded it would have. Files on disk are linked, for seeds only read, unless the
 * folder's owner is going to `change` them.
 */
export async function layContent(
  content: SwarmContent,
  folder: string,
  use: 'read' | 'change' = 'read',
): Promise<void> {
  for (const [path, source] of Object.entries(content.files)) {
    const target = join(folder, content.name ?? '', path);
    await mkdir(dirname(target), { recursive: true });
    if (typeof source !== 'string') await writeFile(target, source);
    else if (use === 'read') await linkOrCopy(source, target);
    else await copyFile(source, target, constants.COPYFILE_FICLONE);
  }
}

/** Breaks one byte of each of these pieces; of a torrent of one file. */
export async function poison(
  file: string,
  pieces: readonly number[],
  pieceLengthBytes: number,
): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    for (const piece of pieces) {
      const at = piece * pieceLengthBytes;
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(1), 0, 1, at);
      if (bytesRead === 0) throw new Error(`There is no piece ${piece}`);
      await handle.write(Buffer.from([(buffer[0] ?? 0) ^ 0xff]), 0, 1, at);
    }
  } finally {
    await handle.close();
  }
}

async function linkOrCopy(source: string, target: string): Promise<void> {
  // Another disk, or a file system without links.
  await link(source, target).catch(() => copyFile(source, target, constants.COPYFILE_FICLONE));
}
