import { expect, test } from 'vitest';
import { isPlainAnnounce, isPlainFile, usableTrackers, usableWebSeeds } from './announce-urls.ts';

test('trackers of every kind are asked, each once', () => {
  const urls = [
    'udp://a.example:1/announce',
    'http://b.example/announce',
    'wss://c.example',
    'HTTPS://d.example',
  ];
  expect(usableTrackers([...urls, ...urls])).toEqual(urls);
});

test.each([
  'ftp://a.example/',
  'a.example:80',
  'udp://',
  'udp://a.example:0/announce',
  'http://169.254.169.254/announce',
  'udp://0xa9fea9fe:80',
  'udp://a.example:80/\r\nX: y',
  `http://a.example/${'x'.repeat(2048)}`,
])('%s is not asked', (url) => {
  expect(usableTrackers([url])).toEqual([]);
});

test('web seeds are pages', () => {
  expect(usableWebSeeds(['http://a.example/film.mkv', 'udp://a.example:1', 'ws://a.example'])).toEqual([
    'http://a.example/film.mkv',
  ]);
});

test.each([
  '/announce',
  '/announce.php?info_hash=%aa%bb&peer_id=x&port=1&left=2&compact=1&event=started&numwant=50',
  '/announce/',
  '/',
])('%s is an announcement', (path) => {
  expect(isPlainAnnounce(path)).toBe(true);
});

test.each([
  '/apply.cgi',
  '/apply.cgi?info_hash=x',
  '/announce?reboot=1&info_hash=x',
  '/announce%2f..%2fapply.cgi',
  '/announce;reboot',
  '/key/announce',
  '//announce',
  '/?reboot',
])('%s is more than an announcement, or none', (path) => {
  expect(isPlainAnnounce(path)).toBe(false);
});

test('a file is told nothing', () => {
  expect(['/a/film.mkv', '/a/film.mkv?delete', '/?'].map(isPlainFile)).toEqual([true, false, false]);
});
