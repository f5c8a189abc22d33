import { describe, expect, it } from 'vitest';
import { MAX_SUBTITLE_FILE_BYTES } from '../read-subtitle-file.ts';
import { subtitlesBeside } from './match-files.ts';

const named = (paths: readonly string[]) =>
  paths.map((path) => ({ path, sizeBytes: /\.(?:mkv|mp4|avi)$/.test(path) ? 1e9 : 50_000 }));

/** What is offered, as "path: language title (forced)". */
function offered(film: string, paths: readonly string[], isRelease = true): string[] {
  return subtitlesBeside(film, named([film, ...paths]), isRelease).map(
    ({ file, language, title, isForced }) =>
      `${file.path}: ${language ?? '-'} ${title ?? '-'}${isForced ? ' forced' : ''}`,
  );
}

describe('in a torrent', () => {
  it.each<[string, string, string[], string[]]>([
    [
      'of one film all of them, the film’s own name first and what is forced last',
      'The.Film.2019.1080p.WEB-GRP.mkv',
      [
        'Subs/2_English.srt',
        'Subs/3_English (SDH).srt',
        'Subs/4_French (Canadian).srt',
        'Subs/10_German.srt',
        'Subs/5_English.forced.srt',
        'The.Film.2019.1080p.WEB-GRP.srt',
        'The.Film.2019.1080p.WEB-GRP.pt-BR.srt',
        'other.release.de.ass',
        'Subs/film.idx',
        'Subs/film.sub',
        'cover.jpg',
        'film.nfo',
      ],
      [
        'The.Film.2019.1080p.WEB-GRP.pt-BR.srt: pt-BR -',
        'The.Film.2019.1080p.WEB-GRP.srt: - The.Film.2019.1080p.WEB-GRP',
        'other.release.de.ass: de other.release.de',
        'Subs/2_English.srt: en -',
        'Subs/3_English (SDH).srt: en SDH',
        'Subs/4_French (Canadian).srt: fr-CA -',
        'Subs/10_German.srt: de 10_German',
        'Subs/5_English.forced.srt: en - forced',
      ],
    ],
    [
      'also where a sample and an advertisement lie beside it',
      'Film.mkv',
      ['Sample/film-sample.mkv', 'Extras/Making of.mkv', 'Extras/Making of.srt', 'English.srt'],
      ['English.srt: en -'],
    ],
    [
      'of a season those with the episode’s name',
      'Show.S01E01.1080p.mkv',
      ['Show.S01E02.1080p.mkv', 'Show.S01E01.1080p.en.srt', 'Show.S01E02.1080p.en.srt', 'Subs/English.srt'],
      ['Show.S01E01.1080p.en.srt: en -'],
    ],
    [
      'of a season those in the folder of the episode’s name',
      'Show.S01E02.1080p.mkv',
      [
        'Show.S01E01.1080p.mkv',
        'Subs/Show.S01E01.1080p/2_English.srt',
        'Subs/Show.S01E02.1080p/2_English.srt',
        'Subs/Show.S01E02.1080p/3_English.srt',
        'Subs/Show.S01E02.1080p/4_Dutch.srt',
      ],
      [
        'Subs/Show.S01E02.1080p/2_English.srt: en 2_English',
        'Subs/Show.S01E02.1080p/3_English.srt: en 3_English',
        'Subs/Show.S01E02.1080p/4_Dutch.srt: nl -',
      ],
    ],
    [
      'of a season those of the same episode, however it is written',
      'Show.S01E02.1080p.WEB-GRP.mkv',
      [
        'Show.S01E01.1080p.WEB-GRP.mkv',
        'show - 1x01 - pilot.en.srt',
        'show - 1x02 - second.en.srt',
        'Subs/S01E02/German.srt',
        'Subs/Season 1/Episode 2.it.srt',
        'Subs/Season 2/Episode 2.it.srt',
        'Show.S02E02.es.srt',
      ],
      [
        'show - 1x02 - second.en.srt: en -',
        'Subs/S01E02/German.srt: de -',
        'Subs/Season 1/Episode 2.it.srt: it -',
      ],
    ],
    [
      'of seasons whose episodes have the same names those of the same season',
      'Season 2/E01.mkv',
      ['Season 1/E01.mkv', 'Subs/Season 1/E01.en.srt', 'Subs/Season 2/E01.en.srt', 'Season 2/E01.de.srt'],
      ['Season 2/E01.de.srt: de -', 'Subs/Season 2/E01.en.srt: en -'],
    ],
    [
      'of films in folders those around the film',
      'Film A/a.mkv',
      ['Film B/b.mkv', 'Film A/Subs/English.srt', 'Film B/Subs/English.srt', 'French.srt'],
      ['Film A/Subs/English.srt: en -'],
    ],
    [
      'of films whose names begin alike those of the longer name',
      'Film.mkv',
      ['Film.2.mkv', 'Film.2.en.srt', 'Film.en.srt'],
      ['Film.en.srt: en -'],
    ],
    [
      'a file’s own number is not the film’s',
      '2.mkv',
      ['1.mkv', 'Subs/1/2_English.srt', 'Subs/2/2_English.srt', '2.de.srt'],
      ['2.de.srt: de -', 'Subs/2/2_English.srt: en -'],
    ],
    [
      'separators, cases and accents in two parts make no difference',
      'The Film (2019)/Amélie_The Film.mkv'.normalize('NFD'),
      ['The Film (2019)/b.mkv', 'The Film (2019)/amélie.the.film.EN.srt'.normalize('NFC')],
      ['The Film (2019)/amélie.the.film.EN.srt: en -'],
    ],
    ['none where there are none', 'Film.mkv', ['Film.nfo', 'Film.sub', 'srt', '.srt.txt'], []],
  ])('%s', (_, film, paths, expected) => {
    expect(offered(film, paths)).toEqual(expected);
  });

  it('no empty file, none that is larger than any, and no more than a menu holds', () => {
    const sizes = [0, 1, MAX_SUBTITLE_FILE_BYTES, MAX_SUBTITLE_FILE_BYTES + 1];
    const files = sizes.map((sizeBytes, n) => ({ path: `${n}.srt`, sizeBytes }));
    expect(subtitlesBeside('film.mkv', files, true).map(({ file }) => file.sizeBytes)).toEqual(
      sizes.slice(1, 3),
    );
    const many = named(Array.from({ length: 500 }, (_, n) => `Subs/${n}.srt`));
    expect(subtitlesBeside('film.mkv', many, true)).toHaveLength(64);
  });

  it('names that somebody chose to harm are cleaned and cut', () => {
    const evil = `film.\u202eevil\u0007${'x'.repeat(500)}.srt`;
    const [match] = subtitlesBeside('film.mkv', named([evil]), true);
    expect(match?.title).toMatch(/^film\.evilx+$/);
    expect(match?.title?.length).toBe(200);
  });

  it('names of any make are compared in no time', () => {
    const words = 'a '.repeat(120);
    const paths = Array.from({ length: 4000 }, (_, n) => [
      `${words}${n}.mkv`,
      `${'d/'.repeat(60)}${words}.srt`,
    ]).flat();
    expect(offered('film.mkv', paths)).toEqual([]);
  });
});

describe('in a person’s folder', () => {
  it.each<[string, string[], string[]]>([
    [
      'what is called like the film',
      ['film.srt', 'film.en.srt', 'film.eng.forced.srt', 'Film.DE.ass', 'film 2.srt', 'filmmaker.srt'],
      [
        'film 2.srt: - film 2',
        'Film.DE.ass: de -',
        'film.en.srt: en -',
        'film.srt: - film',
        'film.eng.forced.srt: en - forced',
      ],
    ],
    [
      'what lies in a folder for subtitles',
      ['Subs/English.srt', 'subtitles/other.name.srt', 'Subs/film/2_French.srt', 'Bilder/x.srt'],
      ['Subs/English.srt: en -', 'Subs/film/2_French.srt: fr -', 'subtitles/other.name.srt: - other.name'],
    ],
    [
      'what is called by its language alone',
      ['English.srt', 'holiday.srt', 'another film.en.srt'],
      ['English.srt: en -'],
    ],
    [
      'what lies beside a film that is named otherwise than it is written',
      ['Film.MKV', 'English.srt'],
      ['English.srt: en -'],
    ],
    ['nothing of another film', ['other.mkv', 'other.srt', 'English.srt', 'Subs/German.srt'], []],
    [
      'what is called like the film, among others',
      ['other.mkv', 'film.en.srt', 'other.en.srt'],
      ['film.en.srt: en -'],
    ],
  ])('%s', (_, paths, expected) => {
    expect(offered('film.mkv', paths, false)).toEqual(expected);
  });
});
