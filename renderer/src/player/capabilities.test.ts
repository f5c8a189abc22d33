import { describe, expect, test } from 'vitest';
import { type DecoderProbe, measureCapabilities } from './capabilities.ts';

const nothing: DecoderProbe = { mse: () => false, element: () => '', decodes: async () => false };

/** What Electron 41 for Linux answers, by family. */
const electron: DecoderProbe = {
  mse: (type) => /avc1|vp09|av01|mp4a\.40\.(2|5|29)"|opus|flac/.test(type),
  element: (type) => (['video/mp4', 'video/webm', 'audio/mpeg'].includes(type) ? 'maybe' : ''),
  decodes: async () => true,
};

describe('measureCapabilities', () => {
  test('lists what the browser vouches for, and nothing else', async () => {
    const measured = await measureCapabilities(electron);
    expect(measured.containers).toEqual(['video/mp4', 'video/webm', 'audio/mpeg']);
    // Media Source takes no MP3 in MP4; a file of it plays all the same.
    expect(measured.audio).toEqual(['mp4a.40.2', 'mp4a.40.5', 'mp4a.40.29', 'opus', 'flac', 'mp3']);
    // The highest level of each profile.
    expect(measured.video).toContain('avc1.64003E');
    expect(measured.video).toContain('vp09.02.62.10');
    expect(measured.video.filter((codec) => codec.startsWith('avc1.6400'))).toHaveLength(1);
    expect(measured.video.some((codec) => codec.startsWith('hvc1'))).toBe(false);
    // The core takes at most 128 strings.
    expect(measured.video.length).toBeLessThan(64);
    expect(measured).toMatchObject({ maxChannels: 8, maxHeight: 4320, hdr: true });
  });

  test('a codec that MSE takes but no decoder backs is left out', async () => {
    const measured = await measureCapabilities({
      ...electron,
      decodes: async ({ video }) => !video?.contentType.includes('av01'),
    });
    expect(measured.video.some((codec) => codec.startsWith('av01'))).toBe(false);
    expect(measured.video).toContain('avc1.64003E');
  });

  test('a decoder that stops at a level is believed', async () => {
    const measured = await measureCapabilities({
      ...electron,
      mse: (type) => /avc1\.6400(1E|28|29)/.test(type),
    });
    expect(measured.video).toEqual(['avc1.640029']);
  });

  test('height, channels and HDR come from what can be decoded', async () => {
    const measured = await measureCapabilities({
      ...electron,
      decodes: async ({ video, audio }) =>
        video === undefined
          ? audio?.channels === '6'
          : video.height <= 2160 && video.transferFunction === undefined,
    });
    expect(measured).toMatchObject({ maxChannels: 6, maxHeight: 2160, hdr: false });
  });

  test('a browser that plays nothing still gives a valid answer', async () => {
    expect(await measureCapabilities(nothing)).toEqual({
      containers: [],
      video: [],
      audio: [],
      maxChannels: 2,
      maxHeight: 1080,
      hdr: false,
    });
  });

  test('asks for VP8 as WebM, where alone it exists', async () => {
    const asked: string[] = [];
    await measureCapabilities({ ...nothing, mse: (type) => asked.push(type) < 0 });
    expect(asked).toContain('video/webm; codecs="vp8"');
    expect(asked).toContain('video/mp4; codecs="avc1.640028"');
    expect(new Set(asked).size).toBe(asked.length);
  });
});
