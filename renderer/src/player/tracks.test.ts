import { expect, test } from 'vitest';
import type { AudioStream } from '../../../src/probe/media-info.ts';
import { audioChoices, languageName } from './tracks.ts';

function stream(position: number, facts: Partial<AudioStream>): AudioStream {
  return {
    position,
    streamIndex: position + 1,
    codec: 'aac',
    profile: null,
    language: null,
    title: null,
    isDefault: false,
    isForced: false,
    startSeconds: 0,
    durationSeconds: null,
    bitRate: null,
    sampleRate: 48_000,
    channels: 2,
    channelLayout: 'stereo',
    ...facts,
  };
}

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
