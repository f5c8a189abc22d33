import type { Request } from 'express';
import { RaffiError } from '../../errors.ts';
import type { SubtitleUpload } from '../../session/types.ts';
import { type TimeWindow, WHOLE_FILM } from '../../subtitles/cue.ts';
import { languageTag } from './languages.ts';
import { parseSeek } from './numbers.ts';

const MAX_TITLE_CHARS = 200;

/** `<index>.vtt`. Throws `subtitle_not_found` for any other name. */
export function parseSubtitleIndex(name: string): number {
  const index = /^(\d{1,4})\.vtt$/.exec(name)?.[1];
  if (index !== undefined) return Number(index);
  throw new RaffiError(
    'subtitle_not_found',
    'Subtitles are named by their index among the subtitle tracks, such as 0.vtt.',
  );
}

/** `from` and `to` of the query, seconds of film; the whole film without them. Throws `bad_seek`. */
export function parseWindow({ from, to }: Request['query']): TimeWindow {
  const fromSeconds = parseSeek(from) ?? WHOLE_FILM.fromSeconds;
  const toSeconds = parseSeek(to) ?? WHOLE_FILM.toSeconds;
  if (toSeconds > fromSeconds) return { fromSeconds, toSeconds };
  throw new RaffiError('bad_seek', 'to must lie behind from. Correct it and try again.');
}

/** What the query says of a file that is added. Throws `bad_request`. */
export function parseSubtitleLabels({
  language,
  title,
}: Request['query']): Pick<SubtitleUpload, 'language' | 'title'> {
  const said = typeof title === 'string' ? title.trim().slice(0, MAX_TITLE_CHARS) : '';
  if (language === undefined || language === '') return { language: null, title: said || null };
  const parsed = languageTag.safeParse(language);
  if (parsed.success) return { language: parsed.data, title: said || null };
  throw new RaffiError('bad_request', 'language is a language tag (BCP 47), such as "de" or "pt-BR".', {
    cause: parsed.error,
  });
}
