import { describe, expect, it } from 'vitest';
import { hasHostName, nameOf, withoutSecrets } from './view.ts';

describe('nameOf', () => {
  it.each([
    ['https://host.example/films/Big%20Buck.mkv?key=secret', 'Big Buck.mkv'],
    ['https://host.example/', 'host.example'],
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
    ['C:\\films\\Sintel.mp4', 'C:\\films\\Sintel.mp4'],
  ])('%s → %s', (source, listed) => {
    expect(withoutSecrets(source)).toBe(listed);
  });
});

describe('hasHostName', () => {
  it.each([
    ['http', 'https://host.example/film.mkv', true],
    ['http', 'http://localhost:8000/film.mkv', true],
    ['http', 'http://192.0.2.1/film.mkv', false],
    ['http', 'http://[2001:db8::1]/film.mkv', false],
    ['file', '/films/film.mkv', false],
  ] as const)('%s %s: %s', (kind, source, expected) => {
    expect(hasHostName({ kind, source })).toBe(expected);
  });
});
