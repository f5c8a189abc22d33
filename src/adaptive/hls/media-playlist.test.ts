import { describe, expect, test } from 'vitest';
import { MAX_SEGMENTS } from '../limits.ts';
import { parseMediaPlaylist } from './media-playlist.ts';

const BASE = new URL('https://origin.example/films/one/index.m3u8?k=1');

function parse(...lines: string[]) {
  return parseMediaPlaylist(['#EXTM3U', '#EXT-X-TARGETDURATION:6', ...lines].join('\n'), BASE);
}

function ofSegments(...lines: string[]) {
  return parse(...lines).segments.map(({ resource: { url, range } }) => [url.href, range]);
}

describe('segments', () => {
  test('are resolved, counted and timed', () => {
    const playlist = parse(
      '#EXT-X-MEDIA-SEQUENCE:41',
      '#EXT-X-DISCONTINUITY-SEQUENCE:2',
      '#EXTINF:6.006,Une journée d’été',
      'a.ts',
      '# a comment',
      '#EXT-X-DISCONTINUITY',
      '#EXT-X-PROGRAM-DATE-TIME:2026-11-25T20:00:00.000Z',
      '#EXTINF:4',
      'https://cdn.example/b.ts?sig=x#fragment',
      '#EXT-X-ENDLIST',
    );
    expect(playlist).toMatchObject({
      hasEnded: true,
      type: 'vod',
      firstSequence: 41,
      discontinuitySequence: 2,
      targetDurationSeconds: 6,
    });
    expect(playlist.segments).toMatchObject([
      { durationSeconds: 6.006, isDiscontinuity: false, programDateTime: null, init: null, key: null },
      { durationSeconds: 4, isDiscontinuity: true, programDateTime: '2026-11-25T20:00:00.000Z' },
    ]);
    expect(playlist.segments.map(({ resource }) => resource.url.href)).toEqual([
      'https://origin.example/films/one/a.ts',
      'https://cdn.example/b.ts?sig=x',
    ]);
  });

  test('parts of a file follow on where no offset is told', () => {
    const lines = [
      '#EXTINF:4',
      '#EXT-X-BYTERANGE:100@50',
      'all.ts',
      '#EXTINF:4',
      '#EXT-X-BYTERANGE:20',
      'all.ts',
    ];
    expect(ofSegments(...lines)).toEqual([
      ['https://origin.example/films/one/all.ts', { start: 50, end: 150 }],
      ['https://origin.example/films/one/all.ts', { start: 150, end: 170 }],
    ]);
  });

  test('addresses without an EXTINF, and partial segments, are none', () => {
    expect(
      ofSegments('stray.ts', '#EXT-X-PART:DURATION=1,URI="p.ts"', '#EXTINF:1', 'a.ts', 'again.ts'),
    ).toHaveLength(1);
  });

  test('a live window and an event say so', () => {
    expect(parse('#EXTINF:4', 'a.ts')).toMatchObject({ hasEnded: false, type: 'live' });
    expect(parse('#EXT-X-PLAYLIST-TYPE:EVENT', '#EXTINF:4', 'a.ts')).toMatchObject({ type: 'event' });
  });
});

describe('keys and init segments', () => {
  test('the number of a segment is its IV where none is told', () => {
    const { segments } = parse(
      '#EXT-X-MEDIA-SEQUENCE:258',
      '#EXT-X-KEY:METHOD=AES-128,URI="k.bin"',
      '#EXTINF:4',
      'a.ts',
      '#EXT-X-KEY:METHOD=AES-128,URI="k.bin",IV=0xFF',
      '#EXTINF:4',
      'b.ts',
      '#EXT-X-KEY:METHOD=NONE',
      '#EXTINF:4',
      'c.ts',
    );
    const ivs = segments.map(({ key }) => key && Buffer.from(key.iv).toString('hex'));
    expect(ivs).toEqual(['102'.padStart(32, '0'), 'ff'.padStart(32, '0'), null]);
    expect(String(segments[0]?.key?.key)).toBe('https://origin.example/films/one/k.bin');
  });

  test('a key may stand in the playlist itself', () => {
    const inline = `data:application/octet-stream;base64,${Buffer.alloc(16, 7).toString('base64')}`;
    const { segments } = parse(`#EXT-X-KEY:METHOD=AES-128,URI="${inline}"`, '#EXTINF:4', 'a.ts');
    expect(segments[0]?.key?.key).toEqual(new Uint8Array(16).fill(7));
  });

  test('a map holds until the next', () => {
    const { segments } = parse(
      '#EXT-X-MAP:URI="i.mp4",BYTERANGE="700@0"',
      ...['#EXTINF:4', 'a.m4s', '#EXTINF:4', 'b.m4s', '#EXT-X-MAP:URI="j.mp4"', '#EXTINF:4', 'c.m4s'],
    );
    expect(segments.map(({ init }) => init?.resource.range)).toEqual([
      { start: 0, end: 700 },
      { start: 0, end: 700 },
      null,
    ]);
  });

  test.each([
    '#EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://x",KEYFORMAT="com.apple.streamingkeydelivery"',
    '#EXT-X-KEY:METHOD=SAMPLE-AES-CTR,URI="data:text/plain;base64,AAAA",KEYFORMAT="urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed"',
    '#EXT-X-KEY:METHOD=SAMPLE-AES,URI="k.bin"',
    '#EXT-X-KEY:URI="k.bin"',
  ])('%s protects the film', (tag) => {
    expect(() => parse(tag, '#EXTINF:4', 'a.ts')).toThrow(
      expect.objectContaining({ code: 'media_protected' }),
    );
  });

  test('a plain key beside those of DRM will do', () => {
    const drm = '#EXT-X-KEY:METHOD=AES-128,URI="skd://x",KEYFORMAT="com.apple.streamingkeydelivery"';
    const { segments } = parse('#EXT-X-KEY:METHOD=AES-128,URI="k.bin"', drm, '#EXTINF:4', 'a.ts');
    expect(segments[0]?.key).not.toBeNull();
  });
});

describe('hostile playlists', () => {
  test.each([
    ['file:///etc/passwd', 'source_refused'],
    ['data:video/mp2t;base64,AAAA', 'source_refused'],
    ['javascript:alert(1)', 'source_refused'],
    ['http://169.254.169.254/latest/meta-data', 'source_refused'],
    ['http://[fe80::1]/a.ts', 'source_refused'],
    ['http://', 'media_damaged'],
    [`a${'b'.repeat(9000)}.ts`, 'media_damaged'],
  ])('a segment at %.40s is refused', (uri, code) => {
    expect(() => parse('#EXTINF:4', uri)).toThrow(expect.objectContaining({ code }));
  });

  test.each(['#EXT-X-KEY:METHOD=AES-128,URI="file:///etc/passwd"', '#EXT-X-MAP:URI="file:///etc/passwd"'])(
    '%s is refused',
    (tag) => {
      expect(() => parse(tag, '#EXTINF:4', 'a.ts')).toThrow(
        expect.objectContaining({ code: 'source_refused' }),
      );
    },
  );

  test('names of object members mean nothing', () => {
    parse('#EXT-X-MAP:__proto__="x",URI="i.mp4",constructor="y"', '#EXTINF:4', 'a.m4s');
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  test.each(['-1', '1e400', 'NaN', '', '0', '99999999'])('a duration of %s is kept within reason', (text) => {
    const [segment] = parse(`#EXTINF:${text}`, 'a.ts').segments;
    expect(segment?.durationSeconds).toBeGreaterThan(0);
    expect(segment?.durationSeconds).toBeLessThanOrEqual(3600);
  });

  test('more segments than any film has are refused', () => {
    const lines = Array.from({ length: MAX_SEGMENTS + 1 }, () => '#EXTINF:1,\na.ts');
    expect(() => parse(...lines)).toThrow(expect.objectContaining({ code: 'media_damaged' }));
  });

  test('long lines cost no more than their length', () => {
    // Quadratic work on this would take minutes, and time out.
    const nonsense = 'A="'.repeat(300_000);
    const lines = [`#EXT-X-KEY:${nonsense}`, '#EXT-X-KEY:METHOD=NONE', `#EXT-X-MAP:URI="i.mp4",${nonsense}`];
    expect(parse(...lines, '#EXTINF:1', 'a.ts').segments).toHaveLength(1);
  });
});
