import type { MediaInfo } from '../../probe/media-info.ts';
import type { ByteSource } from '../../source/byte-source.ts';
import { openTransport } from '../transport-stream/open-transport.ts';
import type { NotCopyable, UnindexedFilm } from './film.ts';

/**
 * Opens a film without an index for copying, by bounded looks into it, where its container is one whose packets can be found from anywhere.
 *
 * Rejects with what the source rejects with, or the signal's reason.
 */
export async function openUnindexed(
  source: ByteSource,
  media: MediaInfo,
  sizeBytes: number,
  signal?: AbortSignal,
): Promise<UnindexedFilm | NotCopyable> {
  if (media.formats.includes('mpegts')) return openTransport(source, media, sizeBytes, signal);
  return { obstacle: 'The file keeps no index of its keyframes, so it is converted while playing.' };
}
