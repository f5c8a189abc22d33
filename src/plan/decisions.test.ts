import { describe, expect, it } from 'vitest';
import { RaffiError } from '../errors.ts';
import type { AudioStream, MediaInfo, VideoStream } from '../probe/media-info.ts';
import { assertCopyable, decide } from './decisions.ts';
import { decideDirect } from './direct.ts';
import { client, film, picture, sound } from './testing.fixture.ts';
import type { Capabilities } from './types.ts';

const video = (changes: Partial<VideoStream> = {}) =>
  picture({ codec: 'h264', profile: 'High', level: 40, ...changes });
const audio = (changes: Partial<AudioStream> = {}) =>
  sound({ codec: 'aac', profile: 'LC', channelLayout: 'stereo', ...changes });
const able = (changes: Partial<Capabilities> = {}) =>
  client({
    containers: ['video/mp4', 'video/webm'],
    video: ['avc1.640033', 'hvc1.2.4.L153.B0', 'vp09.00.51.08', 'av01.0.08M.10'],
    audio: ['mp4a.40.2', 'mp4a.40.5', 'mp3', 'opus', 'flac', 'ec-3'],
    maxChannels: 6,
    ...changes,
  });
const main10 = { codec: 'hevc', profile: 'Main 10', pixelFormat: 'yuv420p10le', bitDepth: 10, level: 120 };

describe('decide: video', () => {
  it.each<[string, Partial<VideoStream>, Capabilities | undefined, 'copy' | 'transcode', RegExp]>([
    ['H.264 by the baseline', {}, undefined, 'copy', /playable/],
    ['level 5.2 by the baseline', { level: 52 }, undefined, 'copy', /playable/],
    ['level 6 by the baseline', { level: 60 }, undefined, 'transcode', /level \(6\.0\)/],
    ['unknown level', { level: null }, undefined, 'copy', /playable/],
    [
      '10-bit H.264',
      { profile: 'High 10', bitDepth: 10, pixelFormat: 'yuv420p10le' },
      able(),
      'transcode',
      /10-bit/,
    ],
    [
      '10-bit H.264 with a wrong profile',
      { bitDepth: 10, pixelFormat: 'yuv420p10le' },
      able(),
      'transcode',
      /10-bit/,
    ],
    ['4:2:2', { profile: null, pixelFormat: 'yuv422p' }, undefined, 'transcode', /4:2:2/],
    ['interlaced', { isInterlaced: true }, undefined, 'copy', /interlaced/],
    ['HEVC by the baseline', main10, undefined, 'transcode', /HEVC video is not playable/],
    ['HEVC Main 10', main10, able(), 'copy', /HEVC is playable/],
    ['HEVC Main by Main 10', { ...main10, profile: 'Main', bitDepth: 8 }, able(), 'copy', /HEVC/],
    ['HEVC at too high a level', { ...main10, level: 183 }, able(), 'transcode', /level \(6\.1\)/],
    ['too high a picture', { height: 2880 }, able(), 'transcode', /2880 lines/],
    ['HDR', { ...main10, hdr: 'hdr10' }, able(), 'transcode', /HDR/],
    ['HDR where it can be shown', { ...main10, hdr: 'hdr10' }, able({ hdr: true }), 'copy', /playable/],
    ['Dolby Vision 5', { ...main10, hdr: 'dolby-vision' }, able({ hdr: true }), 'transcode', /Dolby Vision/],
    [
      'Dolby Vision 8.1',
      { ...main10, hdr: 'dolby-vision', colorTransfer: 'smpte2084' },
      able({ hdr: true }),
      'copy',
      /playable/,
    ],
    ['MPEG-2', { codec: 'mpeg2video', profile: 'Main', level: 8 }, able(), 'transcode', /MPEG-2/],
  ])('%s', (_, stream, capabilities, action, reason) => {
    const decision = decide(film({ video: [video(stream)] }), capabilities, 'cmaf').video;
    expect(decision).toMatchObject({ kind: 'video', position: 0, action });
    expect(decision?.reason).toMatch(reason);
    expect(decision?.reason).toMatch(/\.$/);
  });

  it.each<[string, Partial<VideoStream>, 'copy' | 'transcode', 'copy' | 'transcode']>([
    ['vp9', { profile: 'Profile 0', level: -99 }, 'transcode', 'copy'],
    ['av1', { profile: 'Main', level: 8, bitDepth: 10 }, 'transcode', 'copy'],
    ['hevc', main10, 'copy', 'copy'],
    ['vp8', {}, 'transcode', 'transcode'],
  ])('%s: what each delivery carries', (codec, stream, mpegts, cmaf) => {
    const media = film({ video: [video({ ...stream, codec })] });
    const capabilities = able({ video: [...able().video, 'vp8'] });
    expect(decide(media, capabilities, 'mpegts').video?.action).toBe(mpegts);
    expect(decide(media, capabilities, 'cmaf').video?.action).toBe(cmaf);
  });
});

describe('decide: audio', () => {
  it.each<[string, Partial<AudioStream>, Capabilities | undefined, string, string]>([
    ['AAC by the baseline', {}, undefined, 'copy', 'copy'],
    ['AAC 5.1 by the baseline', { channels: 6 }, undefined, 'copy', 'copy'],
    ['HE-AAC by the baseline', { profile: 'HE-AACv2' }, undefined, 'copy', 'copy'],
    ['xHE-AAC', { profile: 'xHE-AAC' }, undefined, 'transcode', 'transcode'],
    ['xHE-AAC where playable', { profile: 'xHE-AAC' }, able({ audio: ['mp4a.40.42'] }), 'transcode', 'copy'],
    ['MP3 by the baseline', { codec: 'mp3', profile: null }, undefined, 'transcode', 'transcode'],
    ['MP3', { codec: 'mp3', profile: null }, able({ audio: ['mp3', 'mp4a.6B'] }), 'copy', 'copy'],
    ['MP3, but not in MP4', { codec: 'mp3', profile: null }, able({ audio: ['mp3'] }), 'copy', 'transcode'],
    ['Opus', { codec: 'opus', profile: null }, able(), 'transcode', 'copy'],
    ['FLAC', { codec: 'flac', profile: null }, able(), 'transcode', 'copy'],
    ['E-AC-3, though playable', { codec: 'eac3', profile: null }, able(), 'transcode', 'transcode'],
    ['too many channels', { channels: 8 }, able(), 'transcode', 'transcode'],
  ])('%s', (_, stream, capabilities, mpegts, cmaf) => {
    const media = film({ video: [video()], audio: [audio(stream)] });
    expect(decide(media, capabilities, 'mpegts').audio[0]?.action).toBe(mpegts);
    expect(decide(media, capabilities, 'cmaf').audio[0]?.action).toBe(cmaf);
  });
});

describe('assertCopyable', () => {
  const surround = audio({ position: 0, codec: 'eac3', profile: null, channels: 6, isDefault: true });
  const both = film({ video: [video()], audio: [surround, audio({ position: 1 })] });

  it('lets a film pass that has something to see and something to hear', () => {
    expect(() => assertCopyable(decide(both, undefined, 'cmaf'), 'Install FFmpeg.')).not.toThrow();
    expect(() =>
      assertCopyable(decide(film({ video: [video()] }), undefined, 'cmaf'), 'Install FFmpeg.'),
    ).not.toThrow();
  });

  it('refuses the silent track and names the one to choose', () => {
    const refused = caught(() => assertCopyable(decide(both, undefined, 'mpegts'), 'Install FFmpeg.', 0));
    expect(refused.code).toBe('codec_not_playable');
    expect(refused.data).toEqual({ reasons: ['E-AC-3 is not playable by this client.'] });
    expect(refused.message).toContain('Audio track 2');
    expect(() => assertCopyable(decide(both, undefined, 'mpegts'), 'Install FFmpeg.', 1)).not.toThrow();
  });

  it('refuses a black picture and a film without playable sound', () => {
    const media = film({ video: [video({ codec: 'vc1' })], audio: [surround] });
    expect(caught(() => assertCopyable(decide(media, undefined, 'cmaf'), 'Install FFmpeg.')).data).toEqual({
      reasons: ['VC-1 video is not playable by this client.', 'E-AC-3 is not playable by this client.'],
    });
  });

  function caught(action: () => void): RaffiError {
    try {
      action();
    } catch (error) {
      if (error instanceof RaffiError) return error;
    }
    throw new Error('nothing was refused');
  }
});

describe('decideDirect', () => {
  const mp4 = ['mov', 'mp4', 'm4a'];
  const webm = ['matroska', 'webm'];
  const vp9 = video({ codec: 'vp9', profile: 'Profile 0', level: null });
  const opus = audio({ codec: 'opus', profile: null });
  it.each<[string, MediaInfo, { name?: string; contentType?: string }, Capabilities | undefined, boolean]>([
    ['MP4 by the baseline', film({ formats: mp4, video: [video()], audio: [audio()] }), {}, undefined, true],
    [
      'MP4 with AC-3',
      film({ formats: mp4, video: [video()], audio: [audio({ codec: 'ac3' })] }),
      {},
      undefined,
      false,
    ],
    ['Matroska', film({ formats: webm, video: [video()] }), { name: 'a.mkv' }, able(), false],
    [
      'Matroska that claims to be WebM',
      film({ formats: webm, video: [video()] }),
      { name: 'a.webm' },
      able(),
      false,
    ],
    ['WebM by name', film({ formats: webm, video: [vp9], audio: [opus] }), { name: 'a.webm' }, able(), true],
    [
      'WebM by type',
      film({ formats: webm, video: [vp9], audio: [opus] }),
      { contentType: 'video/webm' },
      able(),
      true,
    ],
    ['M4A', film({ formats: mp4, audio: [audio()] }), {}, undefined, true],
    ['MPEG-TS', film({ formats: ['mpegts'], video: [video()] }), {}, undefined, false],
    ['nothing in it', film({ formats: mp4 }), {}, undefined, false],
    [
      'default audio is not the first',
      film({ formats: mp4, video: [video()], audio: [audio(), audio({ position: 1, isDefault: true })] }),
      {},
      undefined,
      false,
    ],
  ])('%s', (_, media, hint, capabilities, playable) => {
    const decision = decideDirect(media, hint, capabilities);
    expect(decision.playable).toBe(playable);
    expect(decision.reason).toMatch(/\.$/);
  });

  it('not where the viewer’s language is that of another track than the first', () => {
    const media = film({
      formats: mp4,
      audio: [audio({ language: 'eng' }), audio({ position: 1, language: 'ger' })],
    });
    expect(decideDirect(media, {}, undefined, ['en', 'de']).playable).toBe(true);
    expect(decideDirect(media, {}, undefined, ['de', 'en']).playable).toBe(false);
  });
});
