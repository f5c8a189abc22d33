import { describe, expect, test } from 'vitest';
import { RaffiError } from '../errors.ts';
import { type CastFacts, castStatus, completed, endOf, positionOf } from './cast-status.ts';
import type { MediaStatus } from './protocol/payloads.ts';

const DEVICE = {
  ...{ id: 'tv', name: 'TV', model: 'Chromecast', host: '192.168.1.20', port: 8009 },
  ...{ hasVideo: true, isManual: false },
};
const FILM = {
  ...{ sessionId: 'session', title: 'Film', durationSeconds: 100 },
  ...{ audioIndex: 1, subtitleIndex: 2 },
};
const media = (changes: Partial<MediaStatus> = {}): MediaStatus => ({
  ...{ mediaSessionId: 1, playerState: 'PLAYING', idleReason: null, currentTime: 30 },
  ...{ activeTrackIds: [], media: null },
  ...changes,
});
const facts = (changes: Partial<CastFacts> = {}): CastFacts => ({
  ...{ device: DEVICE, phase: 'following', film: FILM, media: media(), wantedSeconds: 12 },
  ...{ atMs: 1_000, volume: { level: 0.5, isMuted: false }, error: null },
  ...changes,
});

describe('where the film is', () => {
  test('runs on while it plays, also while the device is looked for, and never past the end', () => {
    expect(positionOf(facts(), 3_000)).toBe(32);
    expect(positionOf(facts({ phase: 'reconnecting' }), 3_000)).toBe(32);
    expect(positionOf(facts(), 1e9)).toBe(100);
    expect(positionOf(facts(), 0)).toBe(30);
  });

  test('stands while it does not', () => {
    for (const playerState of ['PAUSED', 'BUFFERING'] as const)
      expect(positionOf(facts({ media: media({ playerState }) }), 9_000)).toBe(30);
  });

  test('is where it is to begin until the device has said something', () => {
    expect(positionOf(facts({ phase: 'preparing' }), 3_000)).toBe(32);
    for (const phase of ['connecting', 'loading', 'failed'] as const)
      expect(positionOf(facts({ phase }), 9_000)).toBe(12);
    expect(positionOf(facts({ phase: 'preparing', media: undefined }), 9_000)).toBe(12);
    expect(positionOf(facts({ media: undefined }), 9_000)).toBe(12);
  });

  test('is the end at the end, whatever the device says', () => {
    const finished = media({ playerState: 'IDLE', idleReason: 'FINISHED', currentTime: 0 });
    expect(positionOf(facts({ media: finished }), 9_000)).toBe(100);
    expect(castStatus(facts({ media: finished })).state).toBe('ended');
  });
});

test.each([
  ['PLAYING', 'playing'],
  ['PAUSED', 'paused'],
  ['BUFFERING', 'buffering'],
  ['LOADING', 'loading'],
  ['IDLE', 'idle'],
] as const)('a device that is %s is %s', (playerState, state) => {
  expect(castStatus(facts({ media: media({ playerState }) })).state).toBe(state);
});

test('our own film has our names, and the subtitles that the device shows', () => {
  expect(castStatus(facts({ media: media({ activeTrackIds: [4] }) }))).toMatchObject({
    ...{ sessionId: 'session', title: 'Film', durationSeconds: 100, audioIndex: 1, subtitleIndex: 3 },
  });
  expect(castStatus(facts({ media: media({ activeTrackIds: [] }) })).subtitleIndex).toBeNull();
  expect(castStatus(facts({ phase: 'loading' }))).toMatchObject({ subtitleIndex: 2 });
});

test('a device that says nothing of its subtitles shows what it was told to', () => {
  expect(castStatus(facts({ media: media({ activeTrackIds: null }) })).subtitleIndex).toBe(2);
});

test('what a device leaves out is as it said before, of the same film', () => {
  const described = { contentId: 'x', title: 'Film', durationSeconds: 40, customData: undefined };
  const first = media({ activeTrackIds: [3], media: described });
  const finished = media({ playerState: 'IDLE', idleReason: 'FINISHED', activeTrackIds: null });
  expect(completed(finished, first)).toEqual({ ...finished, activeTrackIds: [3], media: described });
  expect(completed(media({ activeTrackIds: [] }), first).activeTrackIds).toEqual([]);
  const other = media({ mediaSessionId: 2, activeTrackIds: null });
  expect(completed(other, first)).toEqual(other);
  expect(completed(other, undefined)).toEqual(other);
});

test("another sender's film has the device's", () => {
  const described = { contentId: 'x', title: 'Theirs', durationSeconds: 40, customData: undefined };
  const theirs = media({ activeTrackIds: [1_000_000], media: described });
  expect(castStatus(facts({ film: null, media: theirs }))).toMatchObject({
    ...{ sessionId: null, title: 'Theirs', durationSeconds: 40, audioIndex: 0, subtitleIndex: null },
  });
});

test('what failed says why, what is over says where it was', () => {
  const error = new RaffiError('cast_failed', 'It failed.');
  expect(castStatus(facts({ phase: 'failed', error }))).toMatchObject({
    ...{ state: 'failed', positionSeconds: 12, problem: { code: 'cast_failed', detail: 'It failed.' } },
  });
  expect(castStatus(facts({ phase: 'over', media: undefined }))).toMatchObject({
    ...{ state: 'idle', device: null, sessionId: null, positionSeconds: 12 },
  });
});

test.each([
  [undefined, 'taken'],
  [media(), null],
  [media({ playerState: 'IDLE' }), 'taken'],
  [media({ playerState: 'IDLE', idleReason: 'FINISHED' }), 'ended'],
  [media({ playerState: 'IDLE', idleReason: 'ERROR' }), 'failed'],
  [media({ playerState: 'IDLE', idleReason: 'INTERRUPTED' }), 'taken'],
])('%j is %s', (one, end) => {
  expect(endOf(one)).toBe(end);
});
