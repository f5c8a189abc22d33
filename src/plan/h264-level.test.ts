import { describe, expect, it } from 'vitest';
import { type H264Level, h264Level } from './h264-level.ts';

describe('h264Level', () => {
  it.each<[string, number, number, number, number, H264Level]>([
    ['480p at film’s rate', 854, 480, 24, 2.5, 30],
    ['480p, fast', 854, 480, 50, 4, 31],
    ['PAL in square pixels: more lines than level 3 has', 1024, 576, 25, 4, 31],
    ['720p', 1280, 720, 30, 5, 31],
    ['720p, fast', 1280, 720, 50, 7.5, 32],
    ['720p, faster than 3.2 bears', 1280, 720, 120, 7.5, 42],
    ['1080p', 1920, 1080, 24, 10, 40],
    ['1080p at the very edge of 4.0', 1920, 1080, 30, 10, 40],
    ['1080p whose peak is beyond 4.0', 1920, 1080, 24, 30, 41],
    ['1080p, fast', 1920, 1080, 60, 15, 42],
    ['a phone held upright', 1080, 1920, 30, 10, 40],
    ['1440p', 2560, 1440, 24, 18, 50],
    ['4K', 3840, 2160, 30, 35, 51],
    ['4K, fast', 3840, 2160, 60, 52, 52],
    ['a ribbon: wider than its area lets think', 4096, 64, 24, 1, 40],
    ['beyond every level', 7680, 4320, 120, 300, 52],
  ])('%s: %i×%i at %d, %d Mb/s', (_, width, height, frameRate, megabits, level) => {
    expect(h264Level({ width, height, frameRate, maxBitRate: megabits * 1e6 })).toBe(level);
  });
});
