import { describe, expect, test } from 'vitest';
import { nextFile } from './next-file.ts';

const MB = 1e6;
const files = (paths: string[]) =>
  paths.map((entry) => {
    const [path = '', megabytes = '700'] = entry.split('|');
    return { path, sizeBytes: Number(megabytes) * MB, offset: 0, isPadding: false };
  });

/** Every file that is played when one begins with the first of `order` and goes on. */
function playedFrom(list: string[], first: number): string[] {
  const all = files(list);
  const played: string[] = [];
  for (let at: number | null = first; at !== null && played.length <= all.length; at = nextFile(all, at)) {
    played.push(all[at]?.path.split('/').at(-1) ?? '');
  }
  return played;
}

describe('what is played after a file', () => {
  test.each<[string, string[], string[]]>([
    ['one film', ['Film.2019/Film.2019.mkv'], ['Film.2019.mkv']],
    [
      'one film and what comes with it',
      [
        'Film/Film.mkv|9000',
        'Film/Sample/film-sample.mkv|60',
        'Film/Extras/Making of.mkv|900',
        'Film/RARBG.COM.mp4|1',
        'Film/Film.srt|0.1',
      ],
      ['Film.mkv'],
    ],
    [
      'a season, whatever order it is listed in',
      ['S/Show.S01E02.mkv', 'S/Show.S01E10.mkv', 'S/Show.S01E01.mkv', 'S/Show.S01E09.mkv'],
      ['Show.S01E02.mkv', 'Show.S01E09.mkv', 'Show.S01E10.mkv'],
    ],
    [
      'numbers without leading zeros',
      ['S/Show 1x9.avi', 'S/Show 1x10.avi', 'S/Show 1x11.avi'],
      ['Show 1x9.avi', 'Show 1x10.avi', 'Show 1x11.avi'],
    ],
    [
      'seasons in folders, specials not in between',
      [
        'Show/Season 1/E01.mkv',
        'Show/Season 1/E02.mkv',
        'Show/Season 1/Extras/Interview.mkv',
        'Show/Season 10/E01.mkv',
        'Show/Season 2/E01.mkv',
        'Show/Season 0/Christmas.mkv',
        'Show/Specials/Pilot.mkv',
        'Show/Season 2/Show.S00E03.mkv',
      ],
      ['E01.mkv', 'E02.mkv', 'E01.mkv', 'E01.mkv'],
    ],
    [
      'specials one after the other',
      ['Show/Specials/1.mkv', 'Show/E1.mkv', 'Show/Specials/2.mkv', 'Show/E2.mkv'],
      ['1.mkv', '2.mkv'],
    ],
    [
      'no opening without titles',
      ['[G] Show/[G] Show - 01.mkv', '[G] Show/[G] Show - NCOP1.mkv', '[G] Show/[G] Show - 02.mkv'],
      ['[G] Show - 01.mkv', '[G] Show - 02.mkv'],
    ],
    [
      'each episode in a folder of its own',
      ['S/Show.S01E01.GRP/a.mkv', 'S/Show.S01E01.GRP/sample/b.mkv', 'S/Show.S01E02.GRP/c.mkv'],
      ['a.mkv', 'c.mkv'],
    ],
    [
      'a show that is called like an extra',
      ['T/Trailer.Park.Boys.S01E01.mkv', 'T/Trailer.Park.Boys.S01E02.mkv'],
      ['Trailer.Park.Boys.S01E01.mkv', 'Trailer.Park.Boys.S01E02.mkv'],
    ],
    [
      'an album',
      ['A/01 One.flac|20', 'A/cover.jpg|1', 'A/02 Two.flac|0.1', 'A/video.mkv'],
      ['01 One.flac', '02 Two.flac'],
    ],
    ['a sample', ['F/sample.mkv|60', 'F/Film.mkv', 'F/Film 2.mkv'], ['sample.mkv']],
  ])('%s', (_what, list, expected) => {
    expect(playedFrom(list, 0)).toEqual(expected);
  });

  test('padding and empty files are nothing', () => {
    const [first, second, third] = files(['S/1.mkv', 'S/2.mkv|0', 'S/3.mkv']);
    if (!first || !second || !third) throw new Error('unreachable');
    expect(nextFile([first, second, { ...third, isPadding: true }], 0)).toBeNull();
    expect(nextFile([first], 7)).toBeNull();
  });

  test('of absurdly many none is looked for', () => {
    expect(nextFile(files(Array.from({ length: 6000 }, (_, n) => `A/${n}.mkv`)), 0)).toBeNull();
  });
});
