import { describe, expect, it } from 'vitest';
import { decodeText } from './formats/decode-text.ts';
import { readSubtitleFile } from './read-subtitle-file.ts';

const SRT = '1\n00:00:01,000 --> 00:00:02,000\nGrüße\n';
const latin = Buffer.from(SRT, 'latin1');

describe('decodeText', () => {
  it.each([
    ['UTF-8', Buffer.from(SRT), null],
    ['UTF-8 with its mark', Buffer.from(`\ufeff${SRT}`), 'ru'],
    ['UTF-16 with its mark', Buffer.from(`\ufeff${SRT}`, 'utf16le'), null],
    ['UTF-16 without', Buffer.from(SRT, 'utf16le'), null],
    ['UTF-16, big end first', Buffer.from(SRT, 'utf16le').swap16(), null],
    ['windows-1252', latin, null],
    ['windows-1252, as German is', latin, 'ger'],
  ] as const)('%s', (_, bytes, language) => {
    expect(decodeText(bytes, language)).toBe(SRT);
  });

  it.each([
    ['ru', 'cff0e8e2e5f2', 'Привет'],
    [null, 'cff0e8e2e5f2', 'Привет'],
    ['pl', 'bff3b3e6', 'żółć'],
    ['gre', 'c3e5e9e1', 'Γεια'],
    ['ja', '8cbe977400', '言葉\u0000'],
    ['nonsense!', '4772fcdf65', 'Grüße'],
  ])('%s: %s', (language, hex, text) => {
    expect(decodeText(Buffer.from(hex, 'hex'), language)).toBe(text);
  });
});

describe('readSubtitleFile', () => {
  it.each([
    ['subrip', SRT],
    ['webvtt', 'WEBVTT\n\n00:01.000 --> 00:02.000\nGrüße\n'],
    ['ass', '[Script Info]\n[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,Grüße'],
  ])('knows %s by its content', (codec, text) => {
    const cue = { startSeconds: 1, endSeconds: 2, text: 'Grüße', settings: '' };
    expect(readSubtitleFile(Buffer.from(text), null)).toEqual({ codec, cues: [cue] });
  });

  it.each([
    '',
    'hello',
    'WEBVTT',
    '{0}{25}frames',
    '1\n00:00:02,000 --> 00:00:01,000\nbackwards',
    '\u0000\u0001',
  ])('refuses %j', (text) => {
    expect(() => readSubtitleFile(Buffer.from(text), null)).toThrow(
      expect.objectContaining({ code: 'bad_subtitles' }),
    );
  });
});
