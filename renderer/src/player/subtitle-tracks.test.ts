import { expect, test } from 'vitest';
import type { SubtitleTrack } from '../../../src/session/types.ts';
import { initialSubtitles, likelySubtitles, pictureChoices, subtitleChoices } from './subtitle-tracks.ts';

const track = (index: number, facts: Partial<SubtitleTrack>): SubtitleTrack => ({
  ...{ index, codec: 'subrip', language: null, title: null, isText: true },
  ...{ isDefault: false, isForced: false, isExternal: false },
  ...facts,
});
const TRACKS = [
  track(0, { language: 'eng' }),
  track(1, { language: 'eng', isText: false, codec: 'hdmv_pgs_subtitle' }),
  track(2, { language: 'ger', title: 'Nur Fremdes', isForced: true }),
  track(3, {}),
  track(4, { title: 'mine.srt', isExternal: true }),
];

test('subtitles that are text are named like sound, and keep their place among all of them', () => {
  expect(subtitleChoices(TRACKS)).toEqual([
    { index: 0, label: 'English', hint: '' },
    { index: 2, label: 'German', hint: 'Nur Fremdes · Forced' },
    { index: 3, label: 'Subtitles 4', hint: '' },
    { index: 4, label: 'mine.srt', hint: 'File' },
  ]);
});

test('pictures of text say that they cannot be shown', () => {
  expect(pictureChoices(TRACKS)).toEqual([
    { index: 1, label: 'English', hint: 'Pictures of text (PGS): cannot be shown yet' },
  ]);
});

test.each([
  ['nothing is known', TRACKS, null, null, null],
  ['a language was chosen last', TRACKS, 'en', 'deu', 0],
  ['it is there as forced alone', TRACKS, 'de', 'en', 2],
  ['the sound leaves something to be read', TRACKS, null, 'deu', 2],
  ['a language was chosen that is not there', TRACKS, 'fr', 'deu', 2],
  ['forced is for another sound', TRACKS, null, 'eng', null],
  ['nobody says what is spoken', [track(0, { isForced: true })], null, null, null],
  ['pictures alone', [track(0, { language: 'en', isText: false })], 'en', 'en', null],
  [
    'several of one language',
    [
      track(0, { language: 'en', isForced: true, isDefault: true }),
      track(1, { language: 'en' }),
      track(2, { language: 'eng', isDefault: true }),
    ],
    ...(['en', 'en', 2] as const),
  ],
])('at the beginning: %s', (_what, tracks, language, audioLanguage, index) => {
  expect(initialSubtitles(tracks, { language, audioLanguage })).toBe(index);
});

test.each([
  ['the language of the system', ['fr', 'de-AT', 'en'], 2],
  ['without one, the first', ['fr'], 0],
])('switched on: %s', (_what, languages, index) => {
  expect(likelySubtitles(TRACKS, languages)).toBe(index);
});

test('switched on where there are none', () => {
  expect(likelySubtitles([], ['en'])).toBeNull();
});
