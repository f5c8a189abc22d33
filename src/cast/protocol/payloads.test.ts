import { describe, expect, test } from 'vitest';
import { mediaStatusOf, parsePayload, receiverStatusOf } from './payloads.ts';

const status = { mediaSessionId: 3, playerState: 'PLAYING', currentTime: 12.5 };
const said = (one: object) => mediaStatusOf({ type: 'MEDIA_STATUS', requestId: 0, status: [one] });

test('a media status with nothing but what it must have', () => {
  expect(said(status)).toEqual({ ...status, idleReason: null, activeTrackIds: null, media: null });
  expect(said({ ...status, media: { contentId: 'x' } })?.media).toEqual({
    contentId: 'x',
    durationSeconds: null,
    title: null,
  });
});

test('tells nothing loaded from what is no media status', () => {
  expect(mediaStatusOf({ type: 'MEDIA_STATUS', requestId: 0, status: [] })).toBeUndefined();
  expect(mediaStatusOf({ type: 'MEDIA_STATUS', requestId: 0, status: 'x' })).toBeNull();
  expect(mediaStatusOf({ type: 'RECEIVER_STATUS', requestId: 0, status: [] })).toBeNull();
});

describe('a device that lies', () => {
  test.each([
    [{ currentTime: -1 }, { currentTime: 0 }],
    [{ currentTime: 1e300 }, { currentTime: 0 }],
    [{ idleReason: 7 }, { idleReason: null }],
    [{ activeTrackIds: ['1'] }, { activeTrackIds: null }],
    [
      { media: { contentId: 'x', duration: 'long', metadata: 5 } },
      { media: { durationSeconds: null, title: null } },
    ],
    [{ media: 'film' }, { media: null }],
  ])('%j is read as %j', (lie, read) => {
    expect(said({ ...status, ...lie })).toMatchObject(read);
  });

  test.each([{ playerState: 'DANCING' }, { mediaSessionId: '3' }])('%j is no status', (lie) => {
    expect(said({ ...status, ...lie })).toBeNull();
  });

  test('has one application, and a volume between nothing and all', () => {
    const receiver = (one: unknown) =>
      receiverStatusOf({ type: 'RECEIVER_STATUS', requestId: 0, status: one });
    expect(receiver({})).toEqual({ application: null, volume: { level: 1, isMuted: false } });
    expect(receiver({ applications: [{ appId: 1 }], volume: { level: 9 } })).toEqual(receiver({}));
    expect(receiver('x')).toBeNull();
  });

  test.each(['', 'x', '[]', '{}', '{"type":5}', 'null'])('%j is no message', (text) => {
    expect(parsePayload(text)).toBeNull();
  });

  test('a request number that is none answers nothing', () => {
    expect(parsePayload('{"type":"PONG","requestId":"7"}')).toEqual({ type: 'PONG', requestId: 0 });
  });
});
