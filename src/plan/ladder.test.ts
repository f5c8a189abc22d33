import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { VideoStream } from '../probe/media-info.ts';
import { UNKNOWN_SPEED } from './encoder-limits.ts';
import { ladderOf } from './ladder.ts';
import { client, picture } from './testing.fixture.ts';
import type { Capabilities } from './types.ts';
import { shownSize, videoTarget } from './video-target.ts';

const UHD = { width: 3840, height: 2160 };

describe('ladderOf', () => {
  it.each<
    [string, Partial<VideoStream>, 'copied' | 'encoded', Partial<Capabilities>, [string, number, number][]]
  >([
    [
      '1080p',
      {},
      'encoded',
      {},
      [
        ['v720', 1280, 720],
        ['v480', 854, 480],
      ],
    ],
    [
      '4K, copied',
      UHD,
      'copied',
      {},
      [
        ['v1080', 1920, 1080],
        ['v720', 1280, 720],
        ['v480', 854, 480],
      ],
    ],
    [
      '4K, encoded: at most what is encoded in real time',
      UHD,
      'encoded',
      {},
      [
        ['v720', 1280, 720],
        ['v480', 854, 480],
      ],
    ],
    [
      'cinema’s width',
      { width: 1920, height: 804 },
      'copied',
      {},
      [
        ['v720', 1280, 536],
        ['v480', 854, 358],
      ],
    ],
    ['PAL', { width: 720, height: 576, sampleAspectRatio: '64:45' }, 'encoded', {}, [['v480', 854, 480]]],
    ['NTSC: it is its own rung', { width: 720, height: 480, sampleAspectRatio: '8:9' }, 'copied', {}, []],
    ['little: never larger than it is', { width: 320, height: 180 }, 'copied', {}, []],
    ['hardly larger than a rung', { width: 1360, height: 768 }, 'copied', {}, [['v480', 850, 480]]],
    [
      'a client of little height',
      UHD,
      'copied',
      { maxHeight: 720 },
      [
        ['v720', 1280, 720],
        ['v480', 854, 480],
      ],
    ],
    ['a client of a low level', UHD, 'copied', { video: ['avc1.64001E'] }, [['v480', 854, 480]]],
    [
      'HDR: tone mapping costs',
      { ...UHD, hdr: 'hdr10' },
      'copied',
      {},
      [
        ['v720', 1280, 720],
        ['v480', 854, 480],
      ],
    ],
    [
      'a phone held upright',
      { rotationDegrees: 90 },
      'copied',
      {},
      [
        ['v1080', 608, 1080],
        ['v720', 406, 720],
        ['v480', 270, 480],
      ],
    ],
  ])('%s', (_, changes, way, able, expected) => {
    const stream = picture(changes);
    const capabilities = client(able);
    const top = way === 'encoded' ? videoTarget(stream, capabilities, UNKNOWN_SPEED) : undefined;
    const rungs = ladderOf(stream, capabilities, UNKNOWN_SPEED, top);
    expect(rungs.map(({ rendition, target }) => [rendition, target.width, target.height])).toEqual(expected);
  });

  it('goes down from the picture, never up, whatever the film', () => {
    const films = fc.record({
      width: fc.integer({ min: 1, max: 8192 }),
      height: fc.integer({ min: 1, max: 8192 }),
      frameRate: fc.option(fc.double({ min: 1, max: 240, noNaN: true })),
      rotationDegrees: fc.constantFrom(0, 90, 180, 270),
      sampleAspectRatio: fc.constantFrom(null, '1:1', '8:9', '64:45', '1:2'),
    });
    fc.assert(
      fc.property(films, fc.boolean(), (changes, isEncoded) => {
        const stream = picture(changes);
        const top = isEncoded ? videoTarget(stream, undefined, UNKNOWN_SPEED) : undefined;
        let above = {
          ...(top ?? shownSize(stream)),
          maxBitRate: top?.maxBitRate ?? Number.POSITIVE_INFINITY,
        };
        for (const { target } of ladderOf(stream, undefined, UNKNOWN_SPEED, top)) {
          expect(target.height).toBeLessThan(above.height);
          expect(target.width).toBeLessThanOrEqual(above.width + 1);
          expect(target.maxBitRate).toBeLessThanOrEqual(above.maxBitRate);
          above = target;
        }
      }),
    );
  });
});
