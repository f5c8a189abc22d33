import type { ContainerIndex } from '../plan/types.ts';
import type { ByteSource } from '../source/byte-source.ts';
import { openMatroskaReader } from './matroska/matroska-reader.ts';
import { openMp4Reader } from './mp4/mp4-reader.ts';
import type { PacketReader } from './packet.ts';
import { withWholePictures } from './whole-pictures.ts';

/**
 * Opens a film's packets. Reads only what its index was read from, so mostly what is cached. Rejects with `media_damaged`, `not_media`, what
 * the source rejects with, or the signal's reason.
 */
export async function openPacketReader(
  source: ByteSource,
  index: ContainerIndex,
  signal?: AbortSignal,
): Promise<PacketReader> {
  const open = index.container === 'matroska' ? openMatroskaReader : openMp4Reader;
  return withWholePictures(await open(source, index, signal));
}

/** The reader of a container whose packets cannot be found: it has no track that can be copied. */
export const NOTHING_TO_COPY: PacketReader = {
  video: null,
  audio: [],
  videoPackets: nothing,
  audioPackets: nothing,
  close: () => {},
};

async function* nothing(): AsyncGenerator<never, void, void> {}
