import { describe, expect, test } from 'vitest';
import { chooseFile } from './choose-file.ts';

type Files = [path: string, megabytes: number][];
const files = (list: Files) =>
  list.map(([path, megabytes]) => ({
    path,
    sizeBytes: megabytes * 1e6,
    offset: 0,
    isPadding: path.includes('.pad'),
  }));

describe('the film of a torrent', () => {
  test.each<[string, Files, number]>([
    ['the only one', [['film.mkv', 700]], 0],
    [
      'the largest',
      [
        ['A/1.mkv', 700],
        ['A/2.mkv', 800],
        ['A/3.mkv', 600],
      ],
      1,
    ],
    [
      'no sample, however it is called',
      [
        ['A/Sample/film.mkv', 900],
        ['A/film.mkv', 700],
      ],
      1,
    ],
    [
      'no sample by its name',
      [
        ['A/film-sample.mkv', 900],
        ['A/film.mkv', 700],
      ],
      1,
    ],
    [
      'no extras',
      [
        ['A/Extras/making of.mkv', 3000],
        ['A/film.mkv', 700],
      ],
      1,
    ],
    [
      'no trailer',
      [
        ['A/film.trailer.mp4', 900],
        ['A/film.mp4', 700],
      ],
      1,
    ],
    ['a film that is called so', [['Trailer Park.mkv', 700]], 0],
    [
      'a film in a folder that is called so',
      [
        ['Extras S01/E1.mkv', 700],
        ['Extras S01/E2.mkv', 600],
      ],
      0,
    ],
    [
      'by far the largest, whatever it is called',
      [
        ['A/Bonus.mkv', 9000],
        ['A/logo.mp4', 3],
      ],
      0,
    ],
    [
      'a film, not a larger archive',
      [
        ['A/film.rar', 9000],
        ['A/film.avi', 700],
      ],
      1,
    ],
    [
      'a film, not larger sound',
      [
        ['A/sound.flac', 900],
        ['A/film.webm', 20],
      ],
      1,
    ],
    [
      'sound where there is no film',
      [
        ['A/1.flac', 20],
        ['A/2.flac', 30],
        ['A/cover.jpg', 90],
      ],
      1,
    ],
    [
      'nothing that only fills up',
      [
        ['A/.pad/x.mkv', 900],
        ['A/film.mkv', 1],
      ],
      1,
    ],
  ])('%s', (_what, list, expected) => {
    expect(chooseFile(files(list), undefined)).toBe(expected);
  });

  test('the one that is asked for', () => {
    const list = files([
      ['A/film.mkv', 700],
      ['A/sample.mkv', 9],
      ['A/empty.mkv', 0],
    ]);
    expect(chooseFile(list, 1)).toBe(1);
    for (const wanted of [2, 3, 99]) {
      expect(() => chooseFile(list, wanted)).toThrow(
        expect.objectContaining({ code: 'torrent_file_not_found' }),
      );
    }
  });

  test.each<[string, Files]>([
    ['an archive', [['A.rar', 900]]],
    ['a program', [['film.mkv.exe', 900]]],
    ['an empty film', [['film.mkv', 0]]],
  ])('%s is none', (_what, list) => {
    expect(() => chooseFile(files(list), undefined)).toThrow(expect.objectContaining({ code: 'not_media' }));
  });
});
