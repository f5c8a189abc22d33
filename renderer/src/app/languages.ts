import { primaryLanguage } from '../../../src/plan/language.ts';

const KEY = 'raffi.audioLanguage';
/** As many as the core takes. */
const LIMIT = 32;

/** What the viewer understands, as language codes, the dearest first: the one chosen last for a film's sound, then the system's own. */
export function viewerLanguages(storage: Storage, system: readonly string[]): string[] {
  const languages = [storage.getItem(KEY), ...system].map(primaryLanguage);
  return [...new Set(languages.filter((language) => language !== null))].slice(0, LIMIT);
}

/** @param code as the file says it; a track of an unknown language is no preference */
export function rememberAudioLanguage(storage: Storage, code: string | null | undefined): void {
  const language = primaryLanguage(code ?? null);
  if (language !== null) storage.setItem(KEY, language);
}
