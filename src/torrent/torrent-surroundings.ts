import type { ByteSource } from '../source/byte-source.ts';
import { isVideoName } from '../source/media-names.ts';
import type { LookedFor, Surroundings } from '../source/surroundings.ts';
import { pathInside } from './choose-file.ts';
import type { TorrentFileInfo, TorrentLayout } from './metainfo.ts';

/**
 * What lies around a film in its torrent.
 *
 * @param open another file of it; closed again when it has been read
 */
export function torrentSurroundings(
  { files }: Pick<TorrentLayout, 'files'>,
  {
    fileIdx,
    isFile,
    open,
  }: { fileIdx: number; open: (fileIdx: number) => ByteSource } & Pick<LookedFor, 'isFile'>,
): Surroundings {
  const film = files[fileIdx];
  return {
    film: film ? pathInside(film) : '',
    isRelease: true,
    files: files.flatMap((file, index) =>
      isWhole(file) && (isVideoName(file.path) || isFile(file.path))
        ? [
            {
              path: pathInside(file),
              sizeBytes: file.sizeBytes,
              size: async () => file.sizeBytes,
              read: (maxBytes: number, signal: AbortSignal) => readOnce(open(index), maxBytes, signal),
            },
          ]
        : [],
    ),
  };
}

function isWhole({ sizeBytes, isPadding }: TorrentFileInfo): boolean {
  return sizeBytes > 0 && !isPadding;
}

async function readOnce(source: ByteSource, maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
  try {
    return await source.read(0, maxBytes, signal);
  } finally {
    await source.close();
  }
}
