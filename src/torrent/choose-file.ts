import { RaffiError } from '../errors.ts';
import { isExtraName, isSoundName, isVideoName } from '../source/media-names.ts';
import type { TorrentFileInfo } from './metainfo.ts';

const EXTRA_RATIO = 10;

/**
 * Which file of a torrent to play: `wanted`, or else the largest video that is no sample or extra, or else the largest sound file.
 *
 * @throws `torrent_file_not_found` when there is no file `wanted`, `not_media` when no file looks playable.
 */
export function chooseFile(files: readonly TorrentFileInfo[], wanted: number | undefined): number {
  if (wanted !== undefined) {
    const file = files[wanted];
    if (file && file.sizeBytes > 0 && !file.isPadding) return wanted;
    throw new RaffiError(
      'torrent_file_not_found',
      `The torrent has no file ${wanted} that could be played. Choose one of its ${files.length} files, counted from 0.`,
    );
  }
  const chosen = largest(files, isVideoName) ?? largest(files, isSoundName);
  if (chosen !== null) return chosen;
  throw new RaffiError('not_media', 'The torrent holds no film and no music. Choose another torrent.');
}

/** Whether a file's name is one of a film or of music. */
export function isPlayable({ path, sizeBytes, isPadding }: TorrentFileInfo): boolean {
  return sizeBytes > 0 && !isPadding && (isVideoName(path) || isSoundName(path));
}

/** A file's path without the torrent's own name, which is the first folder. */
export function pathInside({ path }: Pick<TorrentFileInfo, 'path'>): string {
  return path.slice(path.indexOf('/') + 1);
}

function largest(files: readonly TorrentFileInfo[], isOfKind: (path: string) => boolean): number | null {
  let best: number | null = null;
  let bestWeight = 0;
  files.forEach((file, index) => {
    if (!isOfKind(file.path) || !isPlayable(file)) return;
    const weight = isExtraName(pathInside(file)) ? file.sizeBytes / EXTRA_RATIO : file.sizeBytes;
    if (weight > bestWeight) {
      best = index;
      bestWeight = weight;
    }
  });
  return best;
}
