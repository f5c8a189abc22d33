import { describe, expect, it } from 'vitest';
import type { AudioStream, VideoStream } from '../probe/media-info.ts';
import { audioTarget, videoTarget } from './encode-target.ts';
import type { Capabilities } from './types.ts';

const base = {
  position: 0,
  streamIndex: 0,
  codec: 'x',
  profile: null,
  language: null,
  title: null,
  isDefault: true,
  isForced: false,
  startSeconds: 0,
  durationSeconds: 60,
  bitRate: null,
};
const sound = (changes: Partial<AudioStream>): AudioStream => ({
  ...base,
  sampleRate: 48_000,
  channels: 2,
  channelLayout: null,
  ...changes,
});
const picture = (changes: Partial<VideoStream>): VideoStream => ({
  ...base,
  width: 1920,
  height: 1080,
  frameRate: 24,
  baseFrameRate: 24,
  pixelFormat: 'yuv420p',
  bitDepth: 8,
  level: null,
  reorderDepth: 2,
  isInterlaced: false,
  rotationDegrees: 0,
  sampleAspectRatio: null,
  colorTransfer: null,
  hdr: null,
  ...changes,
});
const client = (changes: Partial<Capabilities>): Capabilities => ({
  containers: [],
  video: [],
  audio: [],
  maxChannels: 2,
  maxHeight: 2160,
  hdr: false,
  ...changes,
});

describe('audioTarget', () => {
  it.each<[channels: number, most: number | null, expected: number]>([
    [1, null, 1],
    [2, null, 2],
    [6, null, 2],
    [8, null, 2],
    [1, 8, 1],
    [2, 1, 1],
    [2, 8, 2],
    [3, 8, 2],
    [6, 5, 2],
    [6, 6, 6],
    [8, 8, 6],
  ])('%i channels for a client of %s: %i', (channels, most, expected) => {
    const capabilities = most === null ? undefined : client({ maxChannels: most });
    expect(audioTarget(sound({ channels }), capabilities).channels).toBe(expected);
  });

  it.each([
    [44_100, 44_100],
    [48_000, 48_000],
    [22_050, 48_000],
    [96_000, 48_000],
    [192_000, 48_000],
  ])('%i Hz become %i', (sampleRate, expected) => {
    expect(audioTarget(sound({ sampleRate }), undefined).sampleRate).toBe(expected);
  });
});

describe('videoTarget', () => {
  it.each<[string, Partial<VideoStream>, Partial<Capabilities> | null, [number, number, number]]>([
    ['1080p as it is', {}, null, [1920, 1080, 41]],
    [
      '4K for who shows it, too: no small machine encodes it',
      { width: 3840, height: 2160 },
      {},
      [1920, 1080, 41],
    ],
    ['cinema’s width', { width: 4096, height: 1716 }, null, [1920, 804, 41]],
    ['a client’s height', {}, { maxHeight: 720 }, [1280, 720, 31]],
    ['never larger than it is', { width: 320, height: 180 }, {}, [320, 180, 31]],
    ['fast and large', { frameRate: 60 }, null, [1920, 1080, 42]],
    ['fast and small', { width: 1280, height: 720, frameRate: 50 }, null, [1280, 720, 41]],
    ['PAL in 16:9', { width: 720, height: 576, sampleAspectRatio: '64:45' }, null, [1024, 576, 31]],
    [
      'pixels narrower than high',
      { width: 1920, height: 480, sampleAspectRatio: '1:2' },
      null,
      [960, 480, 31],
    ],
    ['an aspect that is none', { width: 640, height: 480, sampleAspectRatio: '0:1' }, null, [640, 480, 31]],
    ['a phone held upright', { rotationDegrees: 90 }, null, [608, 1080, 31]],
    ['upside down', { rotationDegrees: 180 }, null, [1920, 1080, 41]],
    ['odd sides', { width: 853, height: 479 }, null, [854, 480, 31]],
    ['a size nobody told', { width: 0, height: 0 }, null, [2, 2, 31]],
    ['HDR: tone mapping costs', { hdr: 'hdr10', width: 3840, height: 2160 }, null, [1280, 720, 31]],
  ])('%s', (_, stream, capabilities, [width, height, level]) => {
    const target = videoTarget(picture(stream), capabilities ? client(capabilities) : undefined);
    expect(target).toMatchObject({ width, height, level });
  });

  it('tone-maps HDR and deinterlaces fields, and nothing else', () => {
    expect(videoTarget(picture({}), undefined)).toMatchObject({ toneMap: false, deinterlace: false });
    expect(videoTarget(picture({ hdr: 'hlg' }), undefined)).toMatchObject({ toneMap: true });
    expect(videoTarget(picture({ isInterlaced: true }), undefined)).toMatchObject({ deinterlace: true });
  });
});
