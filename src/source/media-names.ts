const VIDEO = /\.(?:mkv|mp4|m4v|webm|mov|avi|ts|m2ts|mts|mpg|mpeg|vob|wmv|asf|flv|ogv|ogm|3gp|divx|rmvb)$/i;
const SOUND = /\.(?:mka|m4a|mp3|flac|opus|ogg|wav|aac|ac3|dts|wma)$/i;
/** What comes beside a film. A film may be called so too: then it is the only one, or by far the largest. */
const EXTRA =
  /(?:^|[/ ._([-])(?:sample|trailer|teaser|extras?|featurettes?|bonus|behind[ ._-]the[ ._-]scenes|deleted[ ._-]scenes?)(?:[/ ._)\]-]|$)/i;
/** What is smaller than the largest film by this is no film: releases carry clips that advertise whoever made them. */
const CLIP_RATIO = 100;

export function isVideoName(path: string): boolean {
  return VIDEO.test(path);
}

export function isSoundName(path: string): boolean {
  return SOUND.test(path);
}

/** Whether a path is called like a sample, a trailer or an extra. Of a torrent without its own name, which is the first folder. */
export function isExtraName(path: string): boolean {
  return EXTRA.test(path);
}

/** Those of some videos that are films or episodes: no samples, extras and clips, unless there is nothing else. */
export function mainFilms<T extends { path: string; sizeBytes: number }>(videos: readonly T[]): T[] {
  const usual = videos.filter(({ path }) => !isExtraName(path));
  const films = usual.length > 0 ? usual : [...videos];
  const largest = films.reduce((most, { sizeBytes }) => Math.max(most, sizeBytes), 0);
  return films.filter(({ sizeBytes }) => sizeBytes * CLIP_RATIO >= largest);
}
