import { primaryLanguage } from '../../../src/plan/language.ts';

const AUDIO_KEY = 'raffi.audioLanguage';
const SUBTITLE_KEY = 'raffi.subtitleLanguage';
/** As many as the core takes. */
const LIMIT = 32;

/** What the viewer understands, as language codes, the dearest first: the one chosen last for a film's sound, then the system's own. */
export function viewerLanguages(storage: Storage, system: readonly string[]): string[] {
  const languages = [storage.getItem(AUDIO_KEY), ...system].map(primaryLanguage);
  return [...new Set(languages.filter((language) => language !== null))].slice(0, LIMIT);
}

/** @param code as the file says it; a track of an unknown language is no preference */
export function rememberAudioLanguage(storage: Storage, code: string | null | undefined): void {
  const language = primaryLanguage(code ?? null);
  if (language !== null) storage.setItem(AUDIO_KEY, language);
}

/** The language of the subtitles that were chosen last; null where none were wanted. */
export function subtitleLanguage(storage: Storage): string | null {
  return primaryLanguage(storage.getItem(SUBTITLE_KEY));
}

/** @param code as the file says it; null: no subtitles are wanted; what names no language is no preference */
export function rememberSubtitleLanguage(storage: Storage, code: string | null): void {
  const language = primaryLanguage(code);
  if (code === null) storage.removeItem(SUBTITLE_KEY);
  else if (language !== null) storage.setItem(SUBTITLE_KEY, language);
}
