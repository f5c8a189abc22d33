import { describe, expect, it } from 'vitest';
import type { VideoStream } from '../probe/media-info.ts';
import { UNKNOWN_SPEED } from './encoder-limits.ts';
import { client, picture } from './testing.fixture.ts';
import type { Capabilities } from './types.ts';
import { videoTarget } from './video-target.ts';

describe('videoTarget', () => {
  it.each<[string, Partial<VideoStream>, Partial<Capabilities> | null, [number, number, number]]>([
    ['1080p as it is', {}, null, [1920, 1080, 40]],
    [
      '4K for who shows it, too: no small machine encodes it',
      { width: 3840, height: 2160 },
      {},
      [1920, 1080, 40],
    ],
    ['cinema’s width', { width: 4096, height: 1716 }, null, [1920, 804, 40]],
    ['a client’s height', {}, { maxHeight: 720 }, [1280, 720, 31]],
    ['never larger than it is', { width: 320, height: 180 }, {}, [320, 180, 30]],
    ['fast and large', { frameRate: 60 }, null, [1920, 1080, 42]],
    ['fast and small', { width: 1280, height: 720, frameRate: 50 }, null, [1280, 720, 32]],
    ['PAL in 16:9', { width: 720, height: 576, sampleAspectRatio: '64:45' }, null, [1024, 576, 31]],
    [
      'pixels narrower than high',
      { width: 1920, height: 480, sampleAspectRatio: '1:2' },
      null,
      [960, 480, 31],
    ],
    ['an aspect that is none', { width: 640, height: 480, sampleAspectRatio: '0:1' }, null, [640, 480, 30]],
    ['a phone held upright', { rotationDegrees: 90 }, null, [608, 1080, 31]],
    ['upside down', { rotationDegrees: 180 }, null, [1920, 1080, 40]],
    ['odd sides', { width: 853, height: 479 }, null, [854, 480, 30]],
    ['a size nobody told', { width: 0, height: 0 }, null, [2, 2, 30]],
    ['HDR: tone mapping costs', { hdr: 'hdr10', width: 3840, height: 2160 }, null, [1280, 720, 31]],
  ])('%s', (_, stream, capabilities, [width, height, level]) => {
    const target = videoTarget(
      picture(stream),
      capabilities ? client(capabilities) : undefined,
      UNKNOWN_SPEED,
    );
    expect(target).toMatchObject({ width, height, level });
  });

  it('tone-maps HDR and deinterlaces fields, and nothing else', () => {
    expect(videoTarget(picture({}), undefined, UNKNOWN_SPEED)).toMatchObject({
      toneMap: false,
      deinterlace: false,
    });
    expect(videoTarget(picture({ hdr: 'hlg' }), undefined, UNKNOWN_SPEED)).toMatchObject({ toneMap: true });
    expect(videoTarget(picture({ isInterlaced: true }), undefined, UNKNOWN_SPEED)).toMatchObject({
      deinterlace: true,
    });
  });

  it.each<[string, string[], [number, number]]>([
    ['the picture as it is where the client decodes its level', ['avc1.640028'], [1080, 40]],
    ['a smaller one where it does not', ['avc1.64001F'], [720, 31]],
    ['a far smaller one', ['avc1.64001E'], [480, 30]],
    ['by the level of High profile, not of another', ['avc1.42E028', 'avc1.64001F'], [720, 31]],
    ['without a word of H.264, as it is', ['vp09.00.51.08'], [1080, 40]],
  ])('%s', (_, video, [height, level]) => {
    expect(videoTarget(picture({}), client({ video }), UNKNOWN_SPEED)).toMatchObject({ height, level });
  });

  it.each<[string, number, Partial<Capabilities> | null, [number, string]]>([
    ['more lines where the machine bears them and the client shows them', 8, {}, [2160, 'veryfast']],
    ['not for a client that says nothing of itself', 8, null, [1080, 'veryfast']],
    ['a faster preset at the edge', 0.8, {}, [1080, 'ultrafast']],
    ['fewer lines on a slow machine', 0.2, {}, [480, 'superfast']],
  ])('%s', (_, realTime, able, [height, preset]) => {
    const speed = { realTime, isHardware: false };
    const target = videoTarget(
      picture({ width: 3840, height: 2160 }),
      able ? client(able) : undefined,
      speed,
    );
    expect(target).toMatchObject({ height, preset });
  });
});
