import { RaffiError } from '../../errors.ts';

/** A container without a usable index that is too large or too far away to be walked through. */
export function noIndex(why: string): RaffiError {
  return new RaffiError(
    'no_index',
    `${why} Without an index its keyframes cannot be found unless the whole file is read, and it cannot be converted while playing ` +
      'either, since ffmpeg is missing or its length is unknown. Remux it (for example with mkvmerge or ffmpeg -c copy) to give it one.',
  );
}

/** A container whose structures contradict each other or break off. */
export function damaged(what: string, cause?: unknown): RaffiError {
  return new RaffiError(
    'media_damaged',
    `${what} The file is damaged or was not fetched completely: fetch it again.`,
    cause === undefined ? {} : { cause },
  );
}
