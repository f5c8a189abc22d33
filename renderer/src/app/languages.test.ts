import { beforeEach, expect, it } from 'vitest';
import {
  rememberAudioLanguage,
  rememberSubtitleLanguage,
  subtitleLanguage,
  viewerLanguages,
} from './languages.ts';

let storage: Storage;
beforeEach(() => {
  const values = new Map<string, string>();
  storage = {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
    removeItem: (key: string) => void values.delete(key),
  } as Storage;
});

it('is the system’s list until somebody chose', () => {
  expect(viewerLanguages(storage, ['de-AT', 'en'])).toEqual(['de', 'en']);
});

it('begins with the language chosen last, whatever code the file has for it', () => {
  rememberAudioLanguage(storage, 'fre');
  rememberAudioLanguage(storage, 'ger');
  expect(viewerLanguages(storage, ['en', 'de'])).toEqual(['de', 'en']);
});

it('is not changed by a track of an unknown language', () => {
  rememberAudioLanguage(storage, 'ger');
  for (const code of ['und', '', null, undefined]) rememberAudioLanguage(storage, code);
  expect(viewerLanguages(storage, ['en'])).toEqual(['de', 'en']);
});

it('is no longer than the core takes', () => {
  const many = Array.from({ length: 100 }, (_, n) => `q${String.fromCharCode(97 + (n % 26), 97 + (n >> 5))}`);
  expect(viewerLanguages(storage, many)).toHaveLength(32);
});

it('of subtitles is the one chosen last, until none were wanted', () => {
  expect(subtitleLanguage(storage)).toBeNull();
  rememberSubtitleLanguage(storage, 'ger');
  rememberSubtitleLanguage(storage, 'und');
  expect(subtitleLanguage(storage)).toBe('de');
  rememberSubtitleLanguage(storage, null);
  expect(subtitleLanguage(storage)).toBeNull();
});
