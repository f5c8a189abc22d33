import { expect, test } from 'vitest';
import { film, sound } from '../../../src/plan/testing.fixture.ts';
import type { AudioStream } from '../../../src/probe/media-info.ts';
import { audioChoices, languageName, playableAudio } from './tracks.ts';

const stream = (position: number, facts: Partial<AudioStream>) =>
  sound({ position, codec: 'aac', channelLayout: 'stereo', ...facts });

test('a track is named by its language, told apart by title, channels and codec', () => {
  const choices = audioChoices([
    stream(0, { language: 'eng' }),
    stream(1, {
      language: 'fra',
      title: 'Commentary',
      channels: 6,
      channelLayout: '5.1(side)',
      codec: 'eac3',
    }),
    stream(2, { title: 'Music only', channels: 1, channelLayout: null }),
    stream(3, { language: 'und', channels: 8, channelLayout: '7.1', codec: 'flac' }),
  ]);
  expect(choices).toEqual([
    { index: 0, label: 'English', hint: 'Stereo · AAC' },
    { index: 1, label: 'French', hint: 'Commentary · 5.1 · Dolby Digital Plus' },
    { index: 2, label: 'Music only', hint: 'Mono · AAC' },
    { index: 3, label: 'Track 4', hint: '7.1 · FLAC' },
  ]);
});

test.each([
  ['ger', 'German'],
  ['deu', 'German'],
  ['pt-BR', 'Brazilian Portuguese'],
  ['qaa', 'qaa'],
  ['not a tag', 'not a tag'],
  ['und', null],
  ['', null],
  [null, null],
])('language %s is called %s', (code, name) => {
  expect(languageName(code, 'en')).toBe(name);
});

test('a converted track can be chosen like a copied one, where there is an encoder', () => {
  const audio = [stream(0, { codec: 'ac3' }), stream(1, {})];
  const decided = (position: number, action: 'copy' | 'transcode') =>
    ({ kind: 'audio', position, codec: 'x', action, reason: 'It is so.' }) as const;
  const cmaf = {
    delivery: 'cmaf' as const,
    video: null,
    audio: [decided(0, 'transcode'), decided(1, 'copy')],
  };
  const media = film({ audio });
  const view = { media, decisions: { cmaf, mpegts: cmaf, direct: { playable: false, reason: '' } } };
  expect(playableAudio(view, true).map(({ index }) => index)).toEqual([0, 1]);
  expect(playableAudio(view, false).map(({ index }) => index)).toEqual([1]);
});
