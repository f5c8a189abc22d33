import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCovered, parseCodecString, profileNumber } from './codec-match.ts';

describe('parseCodecString', () => {
  it.each([
    ['avc1.640028', 'h264', 100, 40, null],
    ['avc3.42E01E', 'h264', 66, 30, null],
    ['hvc1.1.6.L120.90', 'hevc', 1, 120, null],
    ['hev1.2.4.H153.B0', 'hevc', 2, 153, null],
    ['vp09.02.41.10', 'vp9', 2, 41, 10],
    ['vp9', 'vp9', 0, null, null],
    ['av01.0.08M.10', 'av1', 0, 8, 10],
    ['mp4a.40.2', 'aac', 2, null, null],
    ['mp4a.40.34', 'mp3', null, null, null],
    ['mp4a.6B', 'mp3', null, null, null],
    ['ec-3', 'eac3', null, null, null],
    ['Opus', 'opus', null, null, null],
    ['fLaC', 'flac', null, null, null],
  ])('%s', (text, codec, profile, level, bitDepth) => {
    expect(parseCodecString(text)).toEqual({ codec, profile, level, bitDepth });
  });

  it('knows nothing of what it does not know', () => {
    for (const text of ['', 'constructor', '__proto__.x', 'wvc1', '.avc1'])
      expect(parseCodecString(text)).toBeNull();
    expect(profileNumber('h264', 'constructor')).toBeNull();
    expect(profileNumber('toString', 'x')).toBeNull();
  });

  it('takes any text', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom('avc1.', 'hvc1.', 'vp09.', 'av01.', 'mp4a.', ''),
        (tail, tag) => {
          parseCodecString(tag + tail);
        },
      ),
    );
  });
});

describe('isCovered', () => {
  it.each([
    ['a profile covers those below', 'avc1.640028', 77, 40, true],
    ['but none above', 'avc1.4D0028', 100, 40, false],
    ['a level covers those below', 'avc1.640028', 100, 31, true],
    ['but none above', 'avc1.640028', 100, 41, false],
    ['Extended stands alone', 'avc1.640028', 88, 30, false],
    ['unknown is no reason to refuse', 'avc1.640028', null, null, true],
  ])('%s', (_, able, profile, level, expected) => {
    expect(isCovered({ codec: 'h264', profile, level, bitDepth: 8 }, [able])).toBe(expected);
  });

  it('plays LC with an HE-AAC decoder and not the other way', () => {
    const aac = (profile: number) => ({ codec: 'aac', profile, level: null, bitDepth: null });
    expect(isCovered(aac(2), ['mp4a.40.5'])).toBe(true);
    expect(isCovered(aac(5), ['mp4a.40.2'])).toBe(false);
  });

  it('keeps VP9 profiles apart', () => {
    const vp9 = (profile: number, bitDepth: number) => ({ codec: 'vp9', profile, level: null, bitDepth });
    expect(isCovered(vp9(2, 10), ['vp09.00.41.08'])).toBe(false);
    expect(isCovered(vp9(2, 12), ['vp09.02.41.10'])).toBe(false);
    expect(isCovered(vp9(2, 10), ['vp09.02.41.10'])).toBe(true);
  });
});
