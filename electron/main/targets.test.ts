import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { targetOf, targetsOf } from './targets.ts';

const CWD = '/home/me/films';

describe('what is handed over', () => {
  test.each([
    ['film.mkv', { source: `${CWD}/film.mkv`, kind: 'file', name: 'film.mkv' }],
    [
      '/x/Ein Film: Teil 2.mkv',
      { source: '/x/Ein Film: Teil 2.mkv', kind: 'file', name: 'Ein Film: Teil 2.mkv' },
    ],
    ['-v.mkv', { source: `${CWD}/-v.mkv`, kind: 'file', name: '-v.mkv' }],
    ['file:///x/a%20b.mp4', { source: '/x/a b.mp4', kind: 'file', name: 'a b.mp4' }],
    ['a.torrent', { source: `${CWD}/a.torrent`, kind: 'torrent', name: 'a.torrent' }],
    ['https://h/d/a%20b.mkv?key=1', { source: 'https://h/d/a%20b.mkv?key=1', kind: 'http', name: 'a b.mkv' }],
    ['http://host/', { source: 'http://host/', kind: 'http', name: 'host' }],
    [
      'magnet:?xt=urn:btih:0&dn=A+film',
      { source: 'magnet:?xt=urn:btih:0&dn=A+film', kind: 'torrent', name: 'A film' },
    ],
    [
      'raffi://open?source=https%3A%2F%2Fh%2Fa.mkv',
      { source: 'https://h/a.mkv', kind: 'http', name: 'a.mkv' },
    ],
  ])('%s', (text, target) => {
    expect(targetOf(text, CWD)).toEqual(target);
  });

  test.each([
    '',
    'javascript:alert(1)',
    'data:text/html,x',
    'http://',
    'raffi://open?source=file%3A%2F%2F%2Fetc%2Fpasswd',
    'raffi://open?source=%2Fetc%2Fpasswd',
    'raffi://open?source=raffi%3A%2F%2Fopen',
    'raffi://open',
  ])('%s is nothing to open', (text) => {
    expect(targetOf(text, CWD)).toBeNull();
  });

  test.each([
    ['file://nas/films/a.mkv', 'a.mkv', /another computer \(nas\)/],
    ['file:///x%2Fa.mkv', 'x/a.mkv', /no file that can exist/],
    ['file:///x/%ff.mkv', '%ff.mkv', /no file that can exist/],
    ['file:///x/a%00.mkv', 'a\0.mkv', /no file that can exist/],
  ])('%s is refused, and says why', (text, name, refused) => {
    expect(targetOf(text, CWD)).toEqual({ name, refused: expect.stringMatching(refused) });
  });

  const piece = fc.constantFrom(
    '/',
    '//',
    '%2f',
    '%5c',
    '%ff',
    '%00',
    'nas',
    'C:',
    'a.mkv',
    '..',
    '?',
    '#',
    '@',
    '[',
  );
  const fileUrl = fc.array(piece, { maxLength: 8 }).map((pieces) => `file:${pieces.join('')}`);

  test('never throws, and a web link never reaches a local file', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fileUrl), (text) => {
        targetOf(text, CWD);
        const linked = targetOf(`raffi://open?source=${encodeURIComponent(text)}`, CWD);
        expect(linked !== null && 'kind' in linked && linked.kind === 'file').toBe(false);
      }),
    );
  });

  test('no file URL reaches another computer', () => {
    fc.assert(
      fc.property(fileUrl, (text) => {
        const target = targetOf(text, CWD);
        if (target !== null && 'source' in target) expect(target.source).not.toMatch(/^\\\\/);
        if (target !== null && URL.canParse(text) && new URL(text).host !== '')
          expect(target).toHaveProperty('refused');
      }),
    );
  });
});

describe('the command line', () => {
  const sources = (argv: string[], packaged: boolean): string[] =>
    targetsOf(argv, { packaged, cwd: CWD }).map((target) =>
      'source' in target ? target.source : target.refused,
    );

  test('from the sources: options and the app folder are no films', () => {
    expect(sources(['electron', '--no-sandbox', '/app', 'a.mkv', '--x'], false)).toEqual([`${CWD}/a.mkv`]);
    expect(sources(['electron', '/app', '--', '-a.mkv', 'http://h/b'], false)).toEqual([
      `${CWD}/-a.mkv`,
      'http://h/b',
    ]);
    expect(sources(['electron', '/app'], false)).toEqual([]);
  });

  test('packaged: every plain argument is a film', () => {
    expect(sources(['raffi', 'a.mkv', '--no-sandbox', 'b.mkv'], true)).toEqual([
      `${CWD}/a.mkv`,
      `${CWD}/b.mkv`,
    ]);
    expect(sources(['raffi'], true)).toEqual([]);
  });
});
