import { describe, expect, it } from 'vitest';
import { nameOf } from './view.ts';

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
