import { describe, expect, it, test } from 'vitest';
import type { AudioTarget, PlaybackDecision, VideoTarget } from '../../../src/plan/types.ts';
import { convertedKind, encoderNotes, trackOutcome } from './outcome.ts';

const AAC = { codec: 'aac', sampleRate: 48_000, channels: 2, bitRate: 192_000 } as const;
const H264 = {
  codec: 'h264',
  width: 1280,
  height: 720,
  level: 31,
  maxBitRate: 5_000_000,
  preset: 'veryfast',
  deinterlace: false,
  toneMap: false,
} as const;

const COPIED = { codec: 'x', action: 'copy', reason: 'It is so.' } as const;
const ENCODED = { ...COPIED, action: 'transcode' } as const;

function sound(target?: AudioTarget, position = 0): PlaybackDecision['audio'][number] {
  const common = { kind: 'audio' as const, position };
  return target === undefined ? { ...COPIED, ...common } : { ...ENCODED, ...common, target };
}

function image(target?: VideoTarget): NonNullable<PlaybackDecision['video']> {
  const common = { kind: 'video' as const, position: 0 };
  return target === undefined ? { ...COPIED, ...common } : { ...ENCODED, ...common, target };
}

test.each([
  [sound(), 'copied'],
  [sound(AAC), 'converted to AAC stereo'],
  [sound({ ...AAC, channels: 6 }), 'converted to AAC 5.1'],
  [image(H264), 'converted to H.264 1280×720'],
  [
    image({ ...H264, deinterlace: true, toneMap: true }),
    'converted to H.264 1280×720, deinterlaced, HDR to SDR',
  ],
])('%o: %s', (decided, text) => {
  expect(trackOutcome(decided, true)).toBe(text);
});

test('without an encoder, what would be converted does not play', () => {
  expect(trackOutcome(sound(AAC), false)).toBe('not playable here');
  expect(trackOutcome(sound(), false)).toBe('copied');
});

test('the picture is named before the sound, and the sound only when it is the one that plays', () => {
  const audio = [sound(), sound(AAC, 1)];
  const decision = (video: PlaybackDecision['video']): PlaybackDecision => ({
    delivery: 'cmaf',
    video,
    audio,
  });
  expect(convertedKind(decision(image(H264)), 0)).toBe('picture');
  expect(convertedKind(decision(image()), 1)).toBe('sound');
  expect(convertedKind(decision(null), 0)).toBeNull();
  expect(convertedKind(undefined, 0)).toBeNull();
});

describe('encoderNotes', () => {
  it('are none until something was found out', () => {
    expect(encoderNotes({ used: 'libx264', realTime: null, refused: [] })).toEqual([]);
  });

  it('name the encoder, its speed, and what was refused', () => {
    const refused = [{ encoder: 'h264_nvenc', reason: 'NVENC does not work here: Cannot load libcuda.so.1' }];
    expect(encoderNotes({ used: 'libx264', realTime: 2.04, refused })).toEqual([
      'Pictures are encoded with libx264, 1080p at 2.0 × real time.',
      'Not used: NVENC does not work here: Cannot load libcuda.so.1',
    ]);
  });
});
