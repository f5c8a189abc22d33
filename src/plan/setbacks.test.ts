import { describe, expect, it } from 'vitest';
import { UNKNOWN_SPEED } from './encoder-limits.ts';
import { editionOf, hasSafer, heed, heedDirectly, type Setback } from './setbacks.ts';
import { client, picture, sound } from './testing.fixture.ts';
import type { PlaybackDecision } from './types.ts';

const media = {
  video: [picture({ codec: 'hevc' })],
  audio: [
    sound({ codec: 'opus' }),
    sound({ codec: 'ac3', position: 1, channels: 6 }),
    sound({ codec: 'dts', position: 2 }),
  ],
};

const copied = { codec: 'x', action: 'copy', reason: 'It is playable.' } as const;
const encoded = (position: number, channels: 2 | 6) =>
  ({
    kind: 'audio',
    position,
    codec: 'x',
    action: 'transcode',
    reason: 'It is not playable.',
    target: { codec: 'aac', sampleRate: 48_000, channels, bitRate: 1 },
  }) as const;
const decision: PlaybackDecision = {
  delivery: 'cmaf',
  video: { kind: 'video', position: 0, ...copied },
  audio: [{ kind: 'audio', position: 0, ...copied }, encoded(1, 6), encoded(2, 2)],
};
const terms = { capabilities: client({ maxChannels: 8, maxHeight: 720 }), speed: UNKNOWN_SPEED };
const setback = (track: Setback['track'], position: number, problem: Setback['problem']): Setback => ({
  track,
  position,
  problem,
});
const decided = (...setbacks: Setback[]) =>
  setbacks.reduce((before, next) => heed(before, next, media, terms), decision);

describe('heed', () => {
  it('a copied picture becomes H.264, as large as the client shows, and says why', () => {
    const { video, audio, rungs } = decided(setback('video', 0, 'decode_error'));
    expect(rungs?.map(({ rendition }) => rendition)).toEqual(['v480']);
    expect(video).toMatchObject({ action: 'transcode', target: { codec: 'h264', height: 720 } });
    expect(video?.reason).toBe('The player could not decode this HEVC, so it is converted.');
    expect(audio.every((track, n) => track === decision.audio[n])).toBe(true);
  });

  it.each([
    [0, 'silent', 'The player was silent with this Opus, so it is converted.'],
    [1, 'silent', 'The player was silent with this surround sound, so it is converted to stereo.'],
    [1, 'decode_error', 'The player could not decode this surround sound, so it is converted to stereo.'],
  ] as const)(
    'sound %i that is %s becomes stereo, though the client says it plays eight channels',
    (position, problem, reason) => {
      const heeded = decided(setback('audio', position, problem));
      expect(heeded.audio[position]).toMatchObject({
        action: 'transcode',
        reason,
        target: { codec: 'aac', channels: 2 },
      });
      const others = heeded.audio.filter((_, n) => n !== position);
      expect(others).toEqual(decision.audio.filter((_, n) => n !== position));
      expect(heeded.video).toBe(decision.video);
    },
  );

  it('there is nothing safer than H.264 and stereo, so every track is heeded once', () => {
    for (const [track, position, expected] of [
      ['video', 0, true],
      ['audio', 0, true],
      ['audio', 1, true],
      ['audio', 2, false],
      ['audio', 3, false],
    ] as const) {
      const once = setback(track, position, 'decode_error');
      expect(hasSafer(decision, once)).toBe(expected);
      expect(hasSafer(decided(once), once)).toBe(false);
      const heeded = decided(once);
      expect(heed(heeded, once, media, terms)).toBe(heeded);
    }
  });

  it('a film without a picture has none to be converted', () => {
    const soundAlone = { ...decision, video: null };
    expect(hasSafer(soundAlone, setback('video', 0, 'no_frames'))).toBe(false);
  });
});

describe('heedDirectly', () => {
  const direct = { playable: true, reason: 'It plays.' };
  it.each([
    [setback('video', 0, 'no_frames'), 'The player showed no picture of this HEVC.'],
    [setback('audio', 0, 'silent'), 'The player was silent with this Opus.'],
    [setback('audio', 1, 'silent'), null],
  ])('%j', (failed, reason) => {
    expect(heedDirectly(direct, failed, media)).toEqual(reason ? { playable: false, reason } : direct);
  });

  it('keeps the reason of what was not playable before', () => {
    const never = { playable: false, reason: 'The container is not playable.' };
    expect(heedDirectly(never, setback('video', 0, 'no_frames'), media)).toBe(never);
  });
});

it('editions count what has changed a rendition: the picture changes all, a sound only what carries it', () => {
  const setbacks = [setback('audio', 1, 'silent'), setback('video', 0, 'no_frames')];
  expect([null, 0, 1, 2].map((position) => editionOf(setbacks, position))).toEqual([1, 1, 2, 1]);
  expect([null, 0, 1].map((position) => editionOf([], position))).toEqual([0, 0, 0]);
});
