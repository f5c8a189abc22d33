import fc from 'fast-check';
import { expect, test } from 'vitest';
import { writeMasterPlaylist } from './master-playlist.ts';
import { writeMediaPlaylist } from './media-playlist.ts';
import { withQuery } from './with-query.ts';

const withToken = (playlist: string) => withQuery(playlist, 'cast_token', 'T-1');

test('every URI of a multivariant playlist, whatever its titles look like', () => {
  const text = writeMasterPlaylist({
    audio: [
      { groupId: 'audio', name: 'x,URI=', uri: '/a0/playlist.m3u8', isDefault: true },
      { groupId: 'audio', name: 'URI="/evil"', uri: '/a1/playlist.m3u8', isDefault: false },
    ],
    variants: [{ uri: '/v0/playlist.m3u8', bandwidth: 1, codecs: ['avc1', 'mp4a'], audioGroup: 'audio' }],
    iFrames: [{ uri: '/v0/iframes.m3u8', bandwidth: 1, codecs: [] }],
    independentSegments: false,
    startOffsetSeconds: 3,
  });
  const expected = text
    .replaceAll('playlist.m3u8', 'playlist.m3u8?cast_token=T-1')
    .replaceAll('iframes.m3u8', 'iframes.m3u8?cast_token=T-1');
  expect(withToken(text)).toBe(expected);
});

test('segments and init segments, those that change included', () => {
  const text = writeMediaPlaylist({
    version: 7,
    targetDuration: 4,
    map: '/v0/init-0.mp4',
    independentSegments: false,
    segments: [
      { uri: '/v0/0.m4s', durationSeconds: 4, programDateTime: '2026-01-01T00:00:00Z' },
      { uri: '/v0/1.m4s?part=2', durationSeconds: 4, map: '/v0/init-1.mp4', isDiscontinuity: true },
    ],
  });
  expect(withToken(text)).toBe(
    text
      .replaceAll('.mp4"', '.mp4?cast_token=T-1"')
      .replace('0.m4s', '0.m4s?cast_token=T-1')
      .replace('part=2', 'part=2&cast_token=T-1'),
  );
});

test.each([
  'https://elsewhere.example/1.ts',
  '//elsewhere.example/1.ts',
  'data:text/plain,x',
  '#EXT-X-KEY:METHOD=AES-128,URI="https://keys.example/k"',
])('%s goes elsewhere and stays as it is', (line) => {
  expect(withToken(line)).toBe(line);
});

test('a fragment stays at the end; a value is escaped', () => {
  expect(withQuery('/a.vtt#t=1', 'cast_token', 'a"b&c\n')).toBe('/a.vtt?cast_token=a%22b%26c%0A#t=1');
});

test('changes nothing but URIs', () => {
  const names = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(names, (name) => {
      const audio = [{ groupId: 'g', name, uri: '/a0', isDefault: true }];
      const text = writeMasterPlaylist({ audio, variants: [], iFrames: [], independentSegments: false });
      expect(withToken(text)).toBe(text.replace('URI="/a0"\n', 'URI="/a0?cast_token=T-1"\n'));
    }),
  );
});
