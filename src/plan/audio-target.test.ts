import { describe, expect, it } from 'vitest';
import { audioTarget } from './audio-target.ts';
import { client, sound } from './testing.fixture.ts';

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
