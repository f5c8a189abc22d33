import { primaryLanguage } from '../../../src/plan/language.ts';
import type { SubtitleTrack } from '../../../src/session/types.ts';
import { codecName, languageName } from './tracks.ts';

/** One entry of the subtitle menu. */
export interface SubtitleChoice {
  /** Position among the session's subtitles. */
  index: number;
  label: string;
  hint: string;
}

/** No subtitles, as an entry of the menu. */
export const NO_SUBTITLES = { key: -1, label: 'Off', hint: '' };

/** Those that are text, which alone can be shown. */
export function subtitleChoices(tracks: readonly SubtitleTrack[], locale = 'en'): SubtitleChoice[] {
  return tracks.filter(({ isText }) => isText).map((track) => choiceOf(track, locale));
}

/** Those that are pictures of text: named, so that nobody looks for them in vain. */
export function pictureChoices(tracks: readonly SubtitleTrack[], locale = 'en'): SubtitleChoice[] {
  return tracks
    .filter(({ isText }) => !isText)
    .map((track) => ({
      ...choiceOf(track, locale),
      hint: `Pictures of text (${codecName(track.codec)}): cannot be shown yet`,
    }));
}

function choiceOf({ index, isForced, isExternal, ...track }: SubtitleTrack, locale: string): SubtitleChoice {
  const language = languageName(track.language, locale);
  const title = track.title?.trim() || null;
  const label = language ?? title ?? `Subtitles ${index + 1}`;
  const notes = [title === label ? null : title, isForced && 'Forced', isExternal && 'File'];
  return { index, label, hint: notes.filter((note) => note).join(' · ') };
}

/** What decides before a person does. Languages as files and systems write them. */
export interface SubtitleTaste {
  /** Of the subtitles that were chosen last; null where none were wanted. */
  language: string | null;
  /** Of the sound that plays. */
  audioLanguage: string | null;
}

/**
 * Which text track a film begins with: one in the language that was chosen last; else the one for what the sound itself leaves untranslated
 * ("forced"); else none.
 */
export function initialSubtitles(
  tracks: readonly SubtitleTrack[],
  { language, audioLanguage }: SubtitleTaste,
): number | null {
  const texts = tracks.filter(({ isText }) => isText);
  const chosen = bestIn(texts, language);
  if (chosen !== null) return chosen;
  const spoken = primaryLanguage(audioLanguage);
  const forced = texts.find(
    (track) => track.isForced && spoken !== null && primaryLanguage(track.language) === spoken,
  );
  return forced?.index ?? null;
}

/** What "on" means where nothing was chosen yet: the first of these languages that there is, else the first track there is. */
export function likelySubtitles(
  tracks: readonly SubtitleTrack[],
  languages: readonly string[],
): number | null {
  const texts = tracks.filter(({ isText }) => isText);
  const best = languages.map((language) => bestIn(texts, language)).find((index) => index !== null);
  return best ?? texts.find(({ isDefault }) => isDefault)?.index ?? texts[0]?.index ?? null;
}

/** All that is said before what is only partly translated; then as the file's author marked it. */
function bestIn(texts: readonly SubtitleTrack[], language: string | null): number | null {
  const wanted = primaryLanguage(language);
  if (wanted === null) return null;
  const fitting = texts.filter((track) => primaryLanguage(track.language) === wanted);
  const whole = fitting.filter(({ isForced }) => !isForced);
  return (whole.find(({ isDefault }) => isDefault) ?? whole[0] ?? fitting[0])?.index ?? null;
}
