import { expect, test } from 'vitest';
import type { SessionView, SubtitleTrack } from '../session/types.ts';
import { mediaInformation, subtitleIndexOf, trackIdOf } from './media-information.ts';

const token = (id: string) => ({
  ...{ token: 't', expiresAt: '', streamUrl: `http://h:1/sessions/${id}/stream?cast_token=t` },
  sessionUrl: `http://h:1/sessions/${id}?cast_token=t`,
  masterUrl: `http://h:1/sessions/${id}/master.m3u8?cast_token=t`,
});
const tokens = { film: token('cast'), subtitles: token('player') };
const view = (changes: Partial<SessionView> = {}) =>
  ({ name: 'Film', durationSeconds: 90, ...changes }) as SessionView;
const track = (index: number, changes: Partial<SubtitleTrack> = {}): SubtitleTrack => ({
  ...{ index, codec: 'subrip', language: null, title: null, isText: true },
  ...{ isDefault: false, isForced: false, isExternal: false },
  ...changes,
});
const films = (changes: Partial<SessionView> = {}) => ({ film: view(changes), origin: view(changes) });

test.each([
  ['mpegts', tokens.film.streamUrl, 'ts', 'mpeg2_ts'],
  ['cmaf', tokens.film.masterUrl, 'fmp4', 'fmp4'],
] as const)('%s is told as what it is', (delivery, contentId, hlsSegmentFormat, hlsVideoSegmentFormat) => {
  expect(mediaInformation(films(), delivery, tokens, { a: 1 })).toEqual({
    ...{ contentId, contentType: 'application/x-mpegURL', streamType: 'BUFFERED', duration: 90 },
    ...{ hlsSegmentFormat, hlsVideoSegmentFormat, tracks: [], customData: { raffi: { a: 1 } } },
    metadata: { metadataType: 0, title: 'Film' },
  });
});

test('a live stream has no length', () => {
  const media = mediaInformation(films({ live: true }), 'cmaf', tokens, {});
  expect(media).toMatchObject({ streamType: 'LIVE' });
  expect(media).not.toHaveProperty('duration');
});

test("text tracks are the player's session's, pictures of text are none", () => {
  const subtitles = [track(0, { language: 'de' }), track(1, { isText: false }), track(2, { title: 'Signs' })];
  expect(mediaInformation(films({ subtitles }), 'mpegts', tokens, {}).tracks).toEqual([
    {
      ...{ trackId: 1, type: 'TEXT', subtype: 'SUBTITLES', trackContentType: 'text/vtt' },
      trackContentId: 'http://h:1/sessions/player/subtitles/0.vtt?cast_token=t',
      ...{ name: 'de', language: 'de' },
    },
    {
      ...{ trackId: 3, type: 'TEXT', subtype: 'SUBTITLES', trackContentType: 'text/vtt' },
      trackContentId: 'http://h:1/sessions/player/subtitles/2.vtt?cast_token=t',
      ...{ name: 'Signs', language: 'und' },
    },
  ]);
});

test('the message stays within what a device takes, whatever a film calls its tracks', () => {
  const subtitles = Array.from({ length: 500 }, (_, index) => track(index, { title: 'x'.repeat(5000) }));
  const media = mediaInformation(films({ name: 'y'.repeat(5000), subtitles }), 'cmaf', tokens, {});
  expect(JSON.stringify(media).length).toBeLessThan(60_000);
});

test('numbers of tracks come back', () => {
  for (const index of [0, 1, 63]) expect(subtitleIndexOf([trackIdOf(index)])).toBe(index);
  for (const none of [[], [0], [-5]]) expect(subtitleIndexOf(none)).toBeNull();
});
