import { isAbort, RaffiError } from '../../errors.ts';
import type { ContainerIndex } from '../../plan/types.ts';
import type { ByteSource } from '../../source/byte-source.ts';
import { damaged, noIndex } from './failures.ts';
import type { IndexedFile } from './file.ts';
import { readMatroskaIndex } from './matroska/matroska-index.ts';
import { readBox } from './mp4/boxes.ts';
import { readMp4Index } from './mp4/mp4-index.ts';
import { HEAD_BYTES, type IndexOptions } from './options.ts';
import { assertFilm } from './trust.ts';

/**
 * Reads a film's own index: keyframe times and places, origin and end. At most three range reads for a film that has an index, whatever
 * its size.
 *
 * Rejects with `no_index` (a container that has none, or whose index contradicts itself, and that is too large to be walked through),
 * `media_damaged`, with what reading rejects with, or with the signal's reason.
 */
export async function readContainerIndex(
  source: ByteSource,
  signal?: AbortSignal,
  options: IndexOptions = {},
): Promise<ContainerIndex> {
  const { sizeBytes } = await source.open(signal);
  const head = await source.read(0, HEAD_BYTES, signal);
  const file: IndexedFile = { source, sizeBytes, head, cheapReads: options.cheapReads ?? false, signal };
  try {
    if (isMatroska(head)) return assertFilm(await readMatroskaIndex(file));
    if (isMp4(head)) return assertFilm(await readMp4Index(file));
  } catch (error) {
    // What reading the source rejected with passes; anything else is a structure that nobody foresaw.
    if (error instanceof RaffiError || isAbort(error) || signal?.aborted) throw error;
    throw damaged('The index of the film cannot be read.', error);
  }
  throw noIndex('The file is of a kind that keeps no index (neither Matroska nor MP4).');
}

/** The EBML header's id. */
function isMatroska(head: Uint8Array): boolean {
  return [0x1a, 0x45, 0xdf, 0xa3].every((byte, i) => head[i] === byte);
}

/** An MP4 begins with `ftyp`; older QuickTime files with whatever came first. */
function isMp4(head: Uint8Array): boolean {
  const type = readBox(head, 0)?.type;
  return ['ftyp', 'styp', 'moov', 'mdat', 'free', 'skip', 'wide', 'pnot', 'moof', 'sidx'].includes(
    type ?? '',
  );
}
