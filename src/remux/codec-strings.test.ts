import { describe, expect, it } from 'vitest';
import { aacCodecString, buildAudioSpecificConfig, parseAudioSpecificConfig } from './aac.ts';
import {
  av1CodecString,
  avcCodecString,
  hevcCodecString,
  parseVp9Private,
  vp9CodecString,
} from './codec-strings.ts';
import { vp9ConfigOf } from './matroska/vp9-frame.ts';
import { parseMp3Header } from './mp3-header.ts';

const hex = (text: string) => Buffer.from(text.replace(/\s/g, ''), 'hex');

it('no AAC has 16,000 frames a second', () => {
  expect(parseAudioSpecificConfig(buildAudioSpecificConfig(2, 192_000, 2))?.outputRate).toBe(192_000);
  expect(parseAudioSpecificConfig(buildAudioSpecificConfig(2, 16_700_000, 2))).toBeNull();
});

describe('codec strings', () => {
  it.each([
    ['H.264 High 4.0', avcCodecString(hex('01640028ffe100')), 'avc1.640028'],
    // ISO/IEC 14496-15 annex E gives this very example: Main, level 3.1 with progressive and frame-only flags.
    [
      'HEVC Main 3.1',
      hevcCodecString(hex(`0101 60000000 b00000000000 5d ${'00'.repeat(10)}`)),
      'hvc1.1.6.L93.B0',
    ],
    [
      'HEVC Main 10, high tier',
      hevcCodecString(hex(`0122 20000000 900000000000 96 ${'00'.repeat(10)}`)),
      'hvc1.2.4.H150.90',
    ],
    ['AV1 Main 4.0', av1CodecString(hex('81080c00')), 'av01.0.08M.08'],
    ['AV1 Main 10 bit', av1CodecString(hex('810d4c00')), 'av01.0.13M.10'],
    [
      'VP9 with WebM features',
      vp9CodecString(parseVp9Private(hex('010102 02011f 03010a')), 1920, 1080),
      'vp09.02.31.10',
    ],
    ['VP9 by size', vp9CodecString({ profile: 0, level: null, bitDepth: 8 }, 1920, 1080), 'vp09.00.41.08'],
    ['a record cut off', avcCodecString(hex('0164')), null],
  ])('%s', (_, found, expected) => {
    expect(found).toBe(expected);
  });

  it.each([
    ['LC', '1190', 'mp4a.40.2', 48000],
    ['LC with the extension switched off', '118856e500', 'mp4a.40.2', 48000],
    ['HE-AAC, explicit', '2b118800', 'mp4a.40.5', 48000],
    ['HE-AAC, backward compatible', '131056e598', 'mp4a.40.5', 48000],
  ])('AAC %s', (_, config, expected, outputRate) => {
    const parsed = parseAudioSpecificConfig(hex(config));
    expect(parsed && aacCodecString(parsed)).toBe(expected);
    expect(parsed?.outputRate).toBe(outputRate);
  });

  it('reads back the AAC configurations it builds', () => {
    for (const rate of [44100, 12345]) {
      const parsed = parseAudioSpecificConfig(buildAudioSpecificConfig(2, rate, 6));
      expect(parsed).toMatchObject({ objectType: 2, coreRate: rate, channelConfiguration: 6, sbr: false });
    }
  });
});

describe('frame headers', () => {
  it('reads an MP3 header', () => {
    expect(parseMp3Header(hex('fffb9064'))).toMatchObject({
      sampleRate: 44100,
      channels: 2,
      samplesPerFrame: 1152,
      frameBytes: 417,
    });
    expect(parseMp3Header(hex('ffffffff'))).toBeNull();
  });

  it('reads profile and depth of a VP9 keyframe', () => {
    expect(vp9ConfigOf(hex('82498342 00'))).toMatchObject({ profile: 0, bitDepth: 8 });
    expect(vp9ConfigOf(hex('86000000'))).toBeNull();
  });
});
