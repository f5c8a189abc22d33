import { RaffiError } from '../errors.ts';
import type { TorrentFileInfo } from './metainfo.ts';

const VIDEO = /\.(?:mkv|mp4|m4v|webm|mov|avi|ts|m2ts|mts|mpg|mpeg|vob|wmv|asf|flv|ogv|ogm|3gp|divx|rmvb)$/i;
const AUDIO = /\.(?:mka|m4a|mp3|flac|opus|ogg|wav|aac|ac3|dts|wma)$/i;
/** What comes beside a film. A film may be called so too: then it is the only one, or by far the largest. */
const BESIDE =
  /(?:^|[/ ._([-])(?:sample|trailer|teaser|extras?|featurettes?|bonus|behind[ ._-]the[ ._-]scenes|deleted[ ._-]scenes?)(?:[/ ._)\]-]|$)/i;
const BESIDE_RATIO = 10;

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
  const chosen = largest(files, VIDEO) ?? largest(files, AUDIO);
  if (chosen !== null) return chosen;
  throw new RaffiError('not_media', 'The torrent holds no film and no music. Choose another torrent.');
}

/** Whether a file's name is one of a film or of music. */
export function isPlayable({ path, sizeBytes, isPadding }: TorrentFileInfo): boolean {
  return sizeBytes > 0 && !isPadding && (VIDEO.test(path) || AUDIO.test(path));
}

function largest(files: readonly TorrentFileInfo[], kind: RegExp): number | null {
  let best: number | null = null;
  let bestWeight = 0;
  files.forEach((file, index) => {
    if (!kind.test(file.path) || !isPlayable(file)) return;
    // The first folder is the torrent's own name.
    const inside = file.path.slice(file.path.indexOf('/') + 1);
    const weight = BESIDE.test(inside) ? file.sizeBytes / BESIDE_RATIO : file.sizeBytes;
    if (weight > bestWeight) {
      best = index;
      bestWeight = weight;
    }
  });
  return best;
}
