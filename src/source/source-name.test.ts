import { expect, it } from 'vitest';
import { mediaType, nameFromDisposition, nameFromUrl } from './source-name.ts';

it.each([
  ['http://a/b/My%20film.mkv?key=1#x', 'My film.mkv'],
  ['http://a/b/', 'b'],
  ['http://nas.local', 'nas.local'],
  ['http://a/%E0%A4%A', '%E0%A4%A'],
  ['http://a/..%2F..%2Fetc%2Fpasswd', 'passwd'],
  ['http://a/a%00b%0A.mkv', 'ab.mkv'],
])('%s is called %s', (url, name) => {
  expect(nameFromUrl(new URL(url))).toBe(name);
});

it.each([
  ['attachment; filename="a \\"b\\".mkv"', 'a "b".mkv'],
  ['inline; filename=film.mp4', 'film.mp4'],
  [`attachment; filename="x.mkv"; filename*=UTF-8''%E2%82%AC%20film.mkv`, '€ film.mkv'],
  [`attachment; filename*=ISO-8859-1''%FCber.mkv`, 'über.mkv'],
  [`attachment; filename="${Buffer.from('über.mkv').toString('latin1')}"`, 'über.mkv'],
  ['attachment; filename="../../evil.mkv"', 'evil.mkv'],
  ['attachment', null],
  [undefined, null],
])('%s names %s', (header, name) => {
  expect(nameFromDisposition(header)).toBe(name);
});

it('keeps a media type without its parameters', () => {
  expect(mediaType('Video/MP4; codecs="avc1"')).toBe('video/mp4');
  expect(mediaType('nonsense')).toBeNull();
  expect(mediaType(undefined)).toBeNull();
});
