import { describe, expect, test } from 'vitest';
import { RaffiError } from '../errors.ts';
import { infoHashOf, isMagnetLike, magnetOf, parseMagnet } from './magnet.ts';

const HASH = 'c12fe1c06bba254a9dc9f519b335aa7c1367a88a';
const BASE32 = 'YEX6DQDLXISUVHOJ6UM3GNNKPQJWPKEK';

describe('what names a torrent', () => {
  test.each([
    [HASH, HASH],
    [HASH.toUpperCase(), HASH],
    [BASE32, HASH],
    [BASE32.toLowerCase(), HASH],
    [HASH.slice(1), null],
    [`${HASH.slice(1)}g`, null],
    [`${BASE32.slice(1)}1`, null],
    ['', null],
  ])('infoHashOf(%j) is %j', (text, expected) => {
    expect(infoHashOf(text)).toBe(expected);
  });

  test.each([
    [HASH, true],
    [`MAGNET:?xt=urn:btih:${HASH}`, true],
    ['magnet:', true],
    ['https://host/a.torrent', false],
  ])('isMagnetLike(%j) is %j', (text, expected) => {
    expect(isMagnetLike(text)).toBe(expected);
  });
});

describe('parseMagnet', () => {
  test('reads all that helps to find peers', () => {
    const link = [
      `magnet:?xt=urn:btih:${HASH}&dn=A+film%20of+mine`,
      'tr=udp%3A%2F%2Ftracker.example%3A1337%2Fannounce',
      'tr.1=wss%3A%2F%2Ftracker.example',
      'ws=https%3A%2F%2Fmirror.example%2Ffilm.mkv',
      'x.pe=192.0.2.1:6881',
      'x.pe=[2001:db8::1]:6881',
    ].join('&');
    expect(parseMagnet(link)).toEqual({
      infoHash: HASH,
      name: 'A film of mine',
      trackers: ['udp://tracker.example:1337/announce', 'wss://tracker.example'],
      webSeeds: ['https://mirror.example/film.mkv'],
      peers: ['192.0.2.1:6881', '[2001:db8::1]:6881'],
    });
  });

  test('takes the version 1 hash of a hybrid', () => {
    const link = `magnet:?xt=urn:btmh:1220${'a'.repeat(64)}&xt=urn:btih:${HASH}`;
    expect(parseMagnet(link).infoHash).toBe(HASH);
  });

  test.each([
    ['tr=file%3A%2F%2F%2Fetc%2Fpasswd', 'trackers'],
    ['tr=http%3A%2F%2F169.254.169.254%2Flatest', 'trackers'],
    ['tr=udp%3A%2F%2F0xA9FEA9FE%3A80', 'trackers'],
    ['tr=http%3A%2F%2Fhost%2F%0d%0aX%3A1', 'trackers'],
    ['ws=http%3A%2F%2F169.254.169.254%2Flatest', 'webSeeds'],
    ['ws=udp%3A%2F%2Fhost%3A1', 'webSeeds'],
    ['x.pe=host.example:6881', 'peers'],
    ['x.pe=192.0.2.1:0', 'peers'],
    ['x.pe=192.0.2.1:65536', 'peers'],
  ] as const)('leaves out %s', (parameter, member) => {
    expect(parseMagnet(`magnet:?xt=urn:btih:${HASH}&${parameter}`)[member]).toEqual([]);
  });

  test('bounds what a link may name', () => {
    const trackers = Array.from({ length: 200 }, (_, n) => `tr=udp%3A%2F%2Ft${n}.example%3A1`).join('&');
    expect(parseMagnet(`magnet:?xt=urn:btih:${HASH}&${trackers}`).trackers).toHaveLength(64);
  });

  test.each([
    ['magnet:?dn=film', 'bad_torrent'],
    ['magnet:', 'bad_torrent'],
    ['magnet:?xt=urn:btih:123', 'bad_torrent'],
    [`magnet:?xt=urn:sha1:${BASE32}`, 'bad_torrent'],
    [`magnet:?xt=urn:btih:${HASH}&dn=${'x'.repeat(20_000)}`, 'bad_torrent'],
    [`magnet:?xt=urn:btmh:1220${'a'.repeat(64)}`, 'torrent_unsupported'],
  ])('%s: %s', (link, code) => {
    expect(() => parseMagnet(link)).toThrow(expect.objectContaining({ name: 'RaffiError', code }));
    expect(() => parseMagnet(link)).toThrow(RaffiError);
  });

  test('writes what it reads', () => {
    const spec = parseMagnet(`magnet:?xt=urn:btih:${HASH}&dn=A%20%26%20B&tr=udp%3A%2F%2Ft.example%3A1`);
    expect(parseMagnet(magnetOf(spec))).toEqual(spec);
  });
});
