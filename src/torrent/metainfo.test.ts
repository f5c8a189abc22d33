import bencode from 'bencode';
import { describe, expect, test } from 'vitest';
import { parseLayout, parseMetainfo } from './metainfo.ts';

const PIECE = 16 * 1024;

/** A `.torrent` file with just so many hashes; members of the info dictionary can be replaced, or left out by undefined. */
function torrent(info: Record<string, unknown> = {}, outer: Record<string, unknown> = {}): Uint8Array {
  const files = info.files as { length: number }[] | undefined;
  const length = files ? files.reduce((sum, file) => sum + file.length, 0) : Number(info.length ?? 100_000);
  const whole = {
    name: 'film.mkv',
    'piece length': PIECE,
    ...('pieces' in info ? {} : { pieces: new Uint8Array(20 * Math.ceil(length / PIECE)) }),
    ...(files ? {} : { length }),
    ...info,
  };
  const named = Object.entries(whole).filter(([, value]) => value !== undefined);
  return bencode.encode({ info: Object.fromEntries(named), ...outer });
}

describe('a .torrent file', () => {
  test('of one file', () => {
    expect(parseLayout(torrent())).toEqual({
      infoHash: expect.stringMatching(/^[0-9a-f]{40}$/),
      name: 'film.mkv',
      isPrivate: false,
      pieceBytes: PIECE,
      pieceCount: 7,
      sizeBytes: 100_000,
      files: [{ path: 'film.mkv', sizeBytes: 100_000, offset: 0, isPadding: false }],
    });
  });

  test('of several, with padding between', () => {
    const { files } = parseLayout(
      torrent({
        name: 'Show',
        files: [
          { length: 20_000, path: ['Season 1', 'E1.mkv'] },
          { length: 12_768, path: ['.pad', '12768'], attr: 'p' },
          { length: 5, path: ['note.txt'] },
        ],
      }),
    );
    expect(files.map(({ path, offset, isPadding }) => [path, offset, isPadding])).toEqual([
      ['Show/Season 1/E1.mkv', 0, false],
      ['Show/.pad/12768', 20_000, true],
      ['Show/note.txt', 32_768, false],
    ]);
  });

  test('names its trackers and web seeds, of which the usable are taken', () => {
    const spec = parseMetainfo(
      torrent(
        {},
        {
          announce: 'udp://a.example:1',
          'announce-list': [['http://b.example/announce'], ['http://169.254.169.254/']],
          'url-list': 'https://seed.example/film.mkv',
        },
      ),
    );
    expect(spec).toMatchObject({
      trackers: ['http://b.example/announce', 'udp://a.example:1'],
      webSeeds: ['https://seed.example/film.mkv'],
    });
  });

  test.each([
    [['..', '..', 'etc', 'passwd'], 'Show/etc/passwd'],
    [['a/../../b.mkv'], 'Show/a_.._.._b.mkv'],
    [['C:\\Windows\\x.mkv'], 'Show/C__Windows_x.mkv'],
    [['NUL.mkv'], 'Show/_NUL.mkv'],
    [['con'], 'Show/_con'],
    [['a\u0000b\u202egpj.mkv'], 'Show/abgpj.mkv'],
    [['.', ''], 'Show'],
  ])('a path of %j is shown as %s', (path, shown) => {
    expect(parseLayout(torrent({ name: 'Show', files: [{ length: 1, path }] })).files[0]?.path).toBe(shown);
  });

  test('with 100,000 files is read, with more it is refused', () => {
    const files = (count: number) => Array.from({ length: count }, () => ({ length: 1, path: ['a'] }));
    expect(parseLayout(torrent({ files: files(100_000) })).files).toHaveLength(100_000);
    expect(() => parseLayout(torrent({ files: files(100_001) }))).toThrow(
      expect.objectContaining({ code: 'bad_torrent' }),
    );
  });

  test.each([
    ['nothing', new Uint8Array()],
    ['a page', Buffer.from('<html>')],
    ['half a file', torrent().subarray(0, 80)],
    ['nesting without end', Buffer.alloc(2_000_000, 'l')],
    ['a length below zero', Buffer.from('d-3:')],
    ['no info', bencode.encode({ announce: 'x' })],
    ['no bytes', torrent({ length: 0, pieces: new Uint8Array() })],
    ['a negative length', torrent({ length: -1 })],
    ['an impossible size', torrent({ files: [1, 2].map(() => ({ length: 9e15, path: ['a'] })), pieces: '' })],
    ['too few hashes', torrent({ pieces: new Uint8Array(20) })],
    ['hashes of another length', torrent({ pieces: new Uint8Array(139) })],
    ['pieces of a byte', torrent({ 'piece length': 1 })],
    ['pieces of a gigabyte', torrent({ 'piece length': 2 ** 30, pieces: new Uint8Array(20) })],
    ['a file without a path', torrent({ files: [{ length: 1 }] })],
    ['neither length nor files', torrent({ length: undefined })],
  ])('that holds %s is refused', (_what, bytes) => {
    expect(() => parseMetainfo(bytes)).toThrow(
      expect.objectContaining({ name: 'RaffiError', code: 'bad_torrent' }),
    );
  });

  test('of version 2 alone is told apart', () => {
    const bytes = torrent({ 'meta version': 2, pieces: undefined, length: undefined, 'file tree': {} });
    expect(() => parseMetainfo(bytes)).toThrow(expect.objectContaining({ code: 'torrent_unsupported' }));
  });

  test('says when it is private', () => {
    expect(parseLayout(torrent({ private: 1 })).isPrivate).toBe(true);
    expect(parseLayout(torrent({ private: 0 })).isPrivate).toBe(false);
  });
});
