import { isExtraName, isVideoName, mainFilms } from '../../source/media-names.ts';
import { naturalOrder } from '../../source/natural-order.ts';
import { MAX_SUBTITLE_FILE_BYTES, type SubtitleFile } from '../read-subtitle-file.ts';
import { FilmNames } from './film-names.ts';
import { readLabels } from './labels.ts';

/** A file among which a film lies. Its path, with `/`, begins in the folder of the film, or of its torrent. */
export interface NamedFile {
  path: string;
  /** Null where nobody knows yet. */
  sizeBytes: number | null;
}

/** A subtitle file that belongs to a film, as its name tells. */
export interface BesideMatch<T extends NamedFile> {
  file: T;
  codec: SubtitleFile['codec'];
  language: string | null;
  title: string | null;
  isForced: boolean;
}

/** More than any menu holds; releases with most languages have some fifty. */
const MAX_MATCHES = 64;
/** Files of each kind that are looked at: far more than any series has. */
const MAX_FILES = 10_000;
const MAX_TITLE_CHARS = 200;
/** Told by what is in them once they are read; by then a menu has to have named them. MicroDVD and VobSub (`.sub`) are none that can be read. */
const CODECS = new Map<string, SubtitleFile['codec']>([
  ['srt', 'subrip'],
  ['vtt', 'webvtt'],
  ['ass', 'ass'],
  ['ssa', 'ass'],
]);
/** Of the files that are read, without the dot. */
export const SUBTITLE_EXTENSIONS: readonly string[] = [...CODECS.keys()];
/** Folders that people keep subtitles in. */
const SUBTITLE_FOLDER = /^(?:(?:[a-z]{2,10}[ ._-])?subs?|subtitles?)$/i;

export function isSubtitleName(path: string): boolean {
  return codecOf(path) !== undefined;
}

/** Whether a file of this size may be subtitles. */
export function isReadable(sizeBytes: number): boolean {
  return sizeBytes > 0 && sizeBytes <= MAX_SUBTITLE_FILE_BYTES;
}

export function isSubtitleFolder(name: string): boolean {
  return SUBTITLE_FOLDER.test(name);
}

/**
 * The subtitle files of a film among those that lie beside it: that are called like it, or lie in a folder that is, or are of the same episode, or lie
 * where there is no other film. Those with the film's own name come first, forced ones last.
 *
 * @param film its path
 * @param isRelease all files were put together by one hand (a torrent): any subtitles beside the only film are its own. In a person's folder only
 * those in a folder for subtitles, and those that are called by their language alone.
 */
export function subtitlesBeside<T extends NamedFile>(
  film: string,
  files: readonly T[],
  isRelease: boolean,
): BesideMatch<T>[] {
  const videos = files
    .filter(({ path }) => isVideoName(path))
    .slice(0, MAX_FILES)
    .map(({ path, sizeBytes }) => ({ path, sizeBytes: sizeBytes ?? 0 }));
  const films = new FilmNames(
    film,
    mainFilms(videos).map(({ path }) => path),
  );
  const isExtra = isExtraName(film);
  const found = files
    .filter(({ path, sizeBytes }) => isSubtitleName(path) && (sizeBytes === null || isReadable(sizeBytes)))
    .slice(0, MAX_FILES)
    .flatMap((file) => {
      if (isExtraName(file.path) && !isExtra) return [];
      const why = films.whyOf(file.path);
      if (why === null || (why.by === 'place' && !isRelease && !isForAnyFilm(file.path))) return [];
      return [{ why, ...described(file, why.by === 'name' ? why.rest : null) }];
    })
    .sort(
      (a, b) =>
        Number(a.isForced) - Number(b.isForced) ||
        Number(b.why.by === 'name') - Number(a.why.by === 'name') ||
        naturalOrder(a.file.path, b.file.path),
    )
    .slice(0, MAX_MATCHES)
    .map(({ why: _, ...match }) => match);
  return told(found);
}

function described<T extends NamedFile>(file: T, rest: string | null): BesideMatch<T> {
  const stem = stemOf(file.path);
  const { language, isForced, isForDeaf, ...said } = readLabels(
    rest ?? stem,
    rest === null ? 'end' : 'anywhere',
  );
  const title = [rest === null ? '' : said.rest, isForDeaf ? 'SDH' : ''].filter(Boolean).join(' ');
  const codec = codecOf(file.path) ?? 'subrip';
  return { file, codec, language, isForced, title: plain(language === null ? stem : title) };
}

/** What a menu could not tell apart is called by its file's name. */
function told<T extends NamedFile>(matches: BesideMatch<T>[]): BesideMatch<T>[] {
  const labelOf = ({ language, title, isForced }: BesideMatch<T>) =>
    JSON.stringify([language, title, isForced]);
  const counts = new Map<string, number>();
  for (const match of matches) counts.set(labelOf(match), (counts.get(labelOf(match)) ?? 0) + 1);
  return matches.map((match) =>
    (counts.get(labelOf(match)) ?? 0) > 1 ? { ...match, title: plain(stemOf(match.file.path)) } : match,
  );
}

function isForAnyFilm(path: string): boolean {
  const folders = path.split('/').slice(0, -1);
  if (folders.some(isSubtitleFolder)) return true;
  const { language, rest } = readLabels(stemOf(path), 'end');
  return language !== null && rest === '';
}

function codecOf(path: string): SubtitleFile['codec'] | undefined {
  return CODECS.get(/\.([a-z]{3})$/i.exec(path)?.[1]?.toLowerCase() ?? '');
}

function stemOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '');
}

/** For a menu: a file's name may hold anything. Null where nothing is left. */
function plain(text: string): string | null {
  const shown = text
    .replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '')
    .trim()
    .slice(0, MAX_TITLE_CHARS);
  return shown || null;
}
