import { isVideoName, mainFilms } from '../source/media-names.ts';
import { naturalOrder } from '../source/natural-order.ts';
import { isPlayable, pathInside } from './choose-file.ts';
import type { TorrentFileInfo } from './metainfo.ts';

/** A torrent with more is an archive, not a series; comparing names for it would be work at a stranger's command. */
const MAX_FILES = 5000;
/** Folders of what was shown outside the series' order. */
const SPECIAL_FOLDER = /(?:^|[/ ._-])(?:specials?|season[ ._-]?0+|s0+|ovas?|oads?)(?=[/ ._-]|$)/i;
/** Season 0, and openings and endings without their titles. */
const SPECIAL_FILE = /(?:^|[ ._[(-])(?:s0+[ ._-]?e\d|nc(?:op|ed))/i;

/**
 * Which file of a torrent is played after `current`: the next film, of music the next track, in the natural order of their paths. Samples and
 * extras are passed over, and specials do not come between episodes. Null behind the last one, and where there is none.
 */
export function nextFile(files: readonly TorrentFileInfo[], current: number): number | null {
  const playing = files[current];
  if (!playing) return null;
  const isVideo = isVideoName(playing.path);
  const alike = files.flatMap((file, fileIdx) =>
    isPlayable(file) && isVideoName(file.path) === isVideo
      ? [{ fileIdx, path: pathInside(file), sizeBytes: file.sizeBytes }]
      : [],
  );
  if (alike.length > MAX_FILES) return null;
  const usual = isVideo ? mainFilms(alike) : alike;
  const here = usual.find(({ fileIdx }) => fileIdx === current);
  if (!here) return null;
  const isSpecialToo = isSpecial(here.path);
  let next: typeof here | null = null;
  for (const file of usual) {
    if (isSpecial(file.path) !== isSpecialToo || naturalOrder(file.path, here.path) <= 0) continue;
    if (next === null || naturalOrder(file.path, next.path) < 0) next = file;
  }
  return next?.fileIdx ?? null;
}

function isSpecial(path: string): boolean {
  const name = path.lastIndexOf('/') + 1;
  return SPECIAL_FOLDER.test(path.slice(0, name)) || SPECIAL_FILE.test(path.slice(name));
}
