import { describe, expect, it } from 'vitest';
import type { VideoTarget } from '../../../plan/types.ts';
import { HARDWARE, X264 } from './families.ts';

const TARGET: VideoTarget = {
  codec: 'h264',
  width: 1280,
  height: 720,
  level: 31,
  maxBitRate: 5_000_000,
  preset: 'superfast',
  deinterlace: false,
  toneMap: false,
};
const optionOf = (args: readonly string[], option: string) =>
  args.includes(option) ? args[args.indexOf(option) + 1] : undefined;

describe.each(HARDWARE.map((family) => [family.name, family] as const))('%s', (_, family) => {
  const settings = family.settings(TARGET);

  it('makes no keyframe of its own, and reorders nothing', () => {
    expect(Number(optionOf(settings, '-g'))).toBeGreaterThan(100_000);
    // V4L2 has no such option: its encoders have none, and the proof looks.
    if (family.name !== 'h264_v4l2m2m') expect(optionOf(settings, '-bf')).toBe('0');
  });

  it('keeps to the rate that the playlist names', () => {
    const rate = Number(optionOf(settings, '-maxrate') ?? optionOf(settings, '-b:v'));
    expect(rate).toBeLessThanOrEqual(TARGET.maxBitRate);
  });

  it('is for some systems only', () => {
    expect(family.platforms?.length).toBeGreaterThan(0);
  });
});

it('x264 has the preset, level and peak of the target', () => {
  const settings = X264.settings(TARGET);
  expect(optionOf(settings, '-preset')).toBe('superfast');
  expect(optionOf(settings, '-level:v')).toBe('3.1');
  expect(optionOf(settings, '-maxrate')).toBe('5000000');
});
