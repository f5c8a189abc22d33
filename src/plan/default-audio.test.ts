import { describe, expect, it } from 'vitest';
import { defaultAudioPosition } from './default-audio.ts';

/** Tracks by their languages; a star marks a default one. */
const tracks = (...specs: string[]) =>
  specs.map((spec, position) => ({
    position,
    language: spec.replace('*', '') || null,
    isDefault: spec.endsWith('*'),
  }));

describe('defaultAudioPosition', () => {
  it.each<[string, string[], string[], number | null]>([
    ['a film without sound has none', [], ['de'], null],
    ['the first, where nothing tells more', ['eng', 'ger'], [], 0],
    ['the author’s mark', ['eng', 'ger*'], [], 1],
    ['the mark before the list', ['eng', 'ger*'], ['en'], 1],
    ['the list, where nothing is marked', ['eng', 'ger'], ['de-AT', 'en'], 1],
    ['the list’s own order', ['eng', 'fre', 'ger'], ['ja', 'de', 'fr'], 2],
    ['the first of two in that language', ['eng', 'ger', 'deu'], ['de'], 1],
    ['the list, where all are marked', ['eng*', 'ger*'], ['de'], 1],
    ['the first, where all are marked and no language fits', ['eng*', 'ger*'], ['fr'], 0],
    ['the list among several marked ones', ['eng', 'fre*', 'ger*'], ['en', 'de'], 2],
    ['the first, where no language is known', ['', 'und'], ['de'], 0],
    ['the first, where the list says nothing', ['', 'und'], ['und', '??'], 0],
  ])('%s', (_, specs, languages, position) => {
    expect(defaultAudioPosition(tracks(...specs), languages)).toBe(position);
  });
});
