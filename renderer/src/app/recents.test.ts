import { beforeEach, describe, expect, test } from 'vitest';
import { forgetRecents, linkOf, loadRecents, nameOfUrl, recentOfUrl, remember } from './recents.ts';

/** The part of `Storage` that is used, over a map. */
class MemoryStorage {
  readonly #values = new Map<string, string>();
  readonly length = 0;
  clear = () => this.#values.clear();
  key = () => null;
  getItem = (key: string) => this.#values.get(key) ?? null;
  setItem = (key: string, value: string) => void this.#values.set(key, value);
  removeItem = (key: string) => void this.#values.delete(key);
}

describe('the list', () => {
  let storage: Storage;
  beforeEach(() => {
    storage = new MemoryStorage();
  });

  test('newest first, each once, at most six', () => {
    for (let n = 1; n <= 8; n += 1) remember(storage, recentOfUrl(`https://a.example/${n}.mkv`));
    remember(storage, recentOfUrl('https://a.example/5.mkv'));
    expect(loadRecents(storage).map(({ name }) => name)).toEqual([5, 8, 7, 6, 4, 3].map((n) => `${n}.mkv`));
    forgetRecents(storage);
    expect(loadRecents(storage)).toEqual([]);
  });

  test.each(['{', '7', 'null', '[1, {"name": 3}]'])('what it cannot read (%s) counts as nothing', (text) => {
    storage.setItem('raffi.recents', text);
    expect(loadRecents(storage)).toEqual([]);
  });

  test.each([
    'https://a.example/film.mkv?token=s3cret',
    'https://user:s3cret@a.example/film.mkv',
    'https://a.example/film.mkv#s3cret',
    'https://a.example/d/s3cretA8F3KQ99ZTTB4XWQ/film.mkv',
  ])('keeps no key: %s', (url) => {
    remember(storage, recentOfUrl(url));
    expect(storage.getItem('raffi.recents')).not.toContain('s3cret');
    expect(loadRecents(storage)).toEqual([{ name: 'film.mkv', host: 'a.example', url: null, isFile: false }]);
  });

  test('keeps of a magnet link what it names, not who is asked', () => {
    const link = 'magnet:?xt=urn:btih:abc&dn=A%20film&tr=https%3A%2F%2Ftracker.example%2Fs3cret%2Fannounce';
    expect(recentOfUrl(link)).toEqual({
      name: 'A film',
      host: '',
      url: 'magnet:?xt=urn:btih:abc&dn=A%20film',
      isFile: false,
    });
  });

  test('a plain link can be opened again', () => {
    expect(recentOfUrl('https://a.example:8080/films/The%20End.mkv')).toEqual({
      name: 'The End.mkv',
      host: 'a.example:8080',
      url: 'https://a.example:8080/films/The%20End.mkv',
      isFile: false,
    });
  });
});

test.each([
  ['https://a.example/x/y.mp4', 'y.mp4'],
  ['https://a.example/x/?k=1', 'x'],
  ['https://a.example/', 'a.example'],
  ['magnet:?xt=urn:btih:abc&dn=A+film', 'A film'],
  ['magnet:?xt=urn:btih:abc', 'Torrent'],
  ['https://a.example/100%.mkv', '100%.mkv'],
])('nameOfUrl(%s) is %s', (url, name) => {
  expect(nameOfUrl(url)).toBe(name);
});

test.each([
  ['  https://a.example/x.mkv \n', 'https://a.example/x.mkv'],
  ['a.example/x.mkv', 'https://a.example/x.mkv'],
  ['localhost.test:8080/x', 'https://localhost.test:8080/x'],
  ['localhost:8080/x.mkv', 'http://localhost:8080/x.mkv'],
  ['127.0.0.1:8080/x.mkv', 'http://127.0.0.1:8080/x.mkv'],
  ['magnet:?xt=urn:btih:abc', 'magnet:?xt=urn:btih:abc'],
  ['a'.repeat(40), `magnet:?xt=urn:btih:${'a'.repeat(40)}`],
  ['foo', null],
  ['two words.example', null],
  ['', null],
  ['https://', null],
])('linkOf(%j) is %j', (text, url) => {
  expect(linkOf(text)).toBe(url);
});
