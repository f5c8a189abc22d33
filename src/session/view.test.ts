import { describe, expect, it } from 'vitest';
import { firstStageOf, nameOf, withoutSecrets } from './view.ts';

describe('nameOf', () => {
  it.each([
    ['https://host.example/films/Big%20Buck.mkv?key=secret', 'Big Buck.mkv'],
    ['https://host.example/', 'host.example'],
    ['magnet:?xt=urn:btih:00&dn=A+film%2F1', 'A film/1'],
    ['magnet:?xt=urn:btih:00', 'Torrent'],
    ['/home/someone/films/Sintel.mp4', 'Sintel.mp4'],
    ['C:\\films\\Sintel.mp4', 'Sintel.mp4'],
    ['https://host.example/bad%E0%A4%A', 'bad%E0%A4%A'],
  ])('%s → %s', (source, name) => {
    expect(nameOf(source)).toBe(name);
  });
});

describe('withoutSecrets', () => {
  it.each([
    ['https://me:pass@host.example:8443/a%20b.mkv?key=secret#t', 'https://host.example:8443/a%20b.mkv'],
    ['HTTP://host.example?key=secret', 'http://host.example/'],
    ['/home/someone/what?.mkv', '/home/someone/what?.mkv'],
    [
      'magnet:?xt=urn:btih:00&dn=A+film&tr=http%3A%2F%2Ftracker%2Fsecret&tr.1=x',
      'magnet:?xt=urn:btih:00&dn=A+film',
    ],
    ['C:\\films\\Sintel.mp4', 'C:\\films\\Sintel.mp4'],
  ])('%s → %s', (source, listed) => {
    expect(withoutSecrets(source)).toBe(listed);
  });
});

describe('firstStageOf', () => {
  it.each([
    ['http', 'https://host.example/film.mkv', 'resolve'],
    ['http', 'http://localhost:8000/film.mkv', 'resolve'],
    ['http', 'http://192.0.2.1/film.mkv', 'connect'],
    ['http', 'http://[2001:db8::1]/film.mkv', 'connect'],
    ['file', '/films/film.mkv', 'connect'],
    ['torrent', 'https://host.example/film.torrent', 'metadata'],
  ] as const)('%s %s: %s', (kind, source, expected) => {
    expect(firstStageOf({ kind, source })).toBe(expected);
  });
});
