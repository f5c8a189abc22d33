import { describe, expect, test } from 'vitest';
import { decide } from '../plan/decisions.ts';
import { film, picture, sound } from '../plan/testing.fixture.ts';
import type { VideoStream } from '../probe/media-info.ts';
import { profileOf } from './profiles.ts';

const FILMS: Record<string, Partial<VideoStream>> = {
  'H.264 1080p': { codec: 'h264', profile: 'High', level: 40 },
  'H.264 1080p60': { codec: 'h264', profile: 'High', level: 42, frameRate: 60 },
  'H.264 4K': { codec: 'h264', profile: 'High', level: 51, width: 3840, height: 2160 },
  'HEVC 1080p': { codec: 'hevc', profile: 'Main', level: 120 },
  'HEVC 4K HDR10': {
    ...{ codec: 'hevc', profile: 'Main 10', level: 153, width: 3840, height: 2160 },
    ...{ bitDepth: 10, pixelFormat: 'yuv420p10le', hdr: 'hdr10', colorTransfer: 'smpte2084' },
  },
};

/** What is copied for a model, and how it is sent. */
function copiedFor(model: string | null): { delivery: string; copied: string[] } {
  const { delivery, capabilities } = profileOf({ model });
  const copied = Object.entries(FILMS).filter(
    ([, stream]) =>
      decide(film({ video: [picture(stream)] }), capabilities, delivery).video?.action === 'copy',
  );
  return { delivery, copied: copied.map(([name]) => name) };
}

test.each([
  ['Chromecast', 'mpegts', ['H.264 1080p']],
  [null, 'mpegts', ['H.264 1080p']],
  ['Chromecast Ultra', 'cmaf', ['H.264 1080p', 'H.264 1080p60', 'HEVC 1080p', 'HEVC 4K HDR10']],
  ['Chromecast HD', 'cmaf', ['H.264 1080p', 'H.264 1080p60', 'HEVC 1080p']],
  ['Google TV Streamer', 'cmaf', Object.keys(FILMS)],
  ['Chromecast with Google TV', 'cmaf', Object.keys(FILMS)],
  ['BRAVIA 4K VH2', 'cmaf', ['H.264 1080p', 'H.264 1080p60']],
  ['Google Nest Hub', 'cmaf', []],
])('%s is sent %s, and copies %j', (model, delivery, copied) => {
  expect(copiedFor(model)).toEqual({ delivery, copied });
});

describe('what is not copied', () => {
  test('becomes H.264 of the level that the first generations decode', () => {
    const { delivery, capabilities } = profileOf({ model: 'Chromecast' });
    const wanted = film({ video: [picture(FILMS['HEVC 4K HDR10'] ?? {})] });
    const speed = { realTime: 9, isHardware: true };
    const { video } = decide(wanted, capabilities, delivery, { speed });
    expect(video?.target).toMatchObject({ codec: 'h264', height: 1080, toneMap: true });
    expect(video?.target?.level).toBeLessThanOrEqual(41);
  });

  test('is put out in stereo', () => {
    for (const model of ['Chromecast', 'Chromecast Ultra']) {
      const { delivery, capabilities } = profileOf({ model });
      const tracks = [
        sound({ codec: 'aac', profile: 'LC' }),
        sound({ position: 1, codec: 'ac3', channels: 6 }),
        sound({ position: 2, codec: 'aac', profile: 'LC', channels: 6 }),
      ];
      const { audio } = decide(film({ audio: tracks }), capabilities, delivery);
      expect(audio.map(({ action, target }) => target?.channels ?? action)).toEqual(['copy', 2, 2]);
    }
  });
});
