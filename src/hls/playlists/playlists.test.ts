import fc from 'fast-check';
import HLS from 'hls-parser';
import { type Manifest, Parser } from 'm3u8-parser';
import { describe, expect, test } from 'vitest';
import { attributeList, decimal, startTag } from './attributes.ts';
import { type AudioRendition, writeMasterPlaylist } from './master-playlist.ts';
import { type MediaPlaylist, writeMediaPlaylist } from './media-playlist.ts';

const media: MediaPlaylist = {
  version: 6,
  targetDuration: 6,
  independentSegments: true,
  map: '/sessions/x/hls/v0/init.mp4',
  segments: [
    { uri: '/sessions/x/hls/v0/0.m4s', durationSeconds: 6.006 },
    { uri: '/sessions/x/hls/v0/1.m4s', durationSeconds: 4 },
  ],
};

const track: AudioRendition = { groupId: 'audio', name: 'English', uri: '/a0.m3u8', isDefault: true };

describe('numbers', () => {
  test.each([
    [7.25, 6, '7.25'],
    [100, 6, '100'],
    [0.1 + 0.2, 6, '0.3'],
    [1e21, 6, '9007199254740991'],
    [1e300, 6, '9007199254740991'],
    [Number.POSITIVE_INFINITY, 3, '9007199254740991'],
    [Number.NaN, 3, '0'],
    [-1e-9, 6, '0'],
    [100.5, 0, '101'],
  ])('decimal(%d, %d) is %s', (value, digits, text) => {
    expect(decimal(value, digits)).toBe(text);
  });

  test('any number makes a decimal of the grammar', () => {
    fc.assert(
      fc.property(fc.double(), fc.nat(9), (value, digits) => {
        expect(decimal(value, digits)).toMatch(/^-?\d+(\.\d*[1-9])?$/);
        expect(startTag(value)).toMatch(/^#EXT-X-START:TIME-OFFSET=-?\d+(\.\d+)?,PRECISE=YES$/);
        expect(attributeList({ BANDWIDTH: value })).toMatch(/^BANDWIDTH=-?\d+$/);
      }),
    );
  });
});

describe('writeMediaPlaylist', () => {
  test('writes a complete playlist', () => {
    expect(writeMediaPlaylist({ ...media, startOffsetSeconds: 7.25 })).toBe(
      `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:6
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-START:TIME-OFFSET=7.25,PRECISE=YES
#EXT-X-MAP:URI="/sessions/x/hls/v0/init.mp4"
#EXTINF:6.006000,
/sessions/x/hls/v0/0.m4s
#EXTINF:4.000000,
/sessions/x/hls/v0/1.m4s
#EXT-X-ENDLIST
`,
    );
  });

  test('writes a window of a stream that goes on', () => {
    const text = writeMediaPlaylist({
      version: 6,
      targetDuration: 2,
      independentSegments: false,
      segments: [
        { uri: '/7.m4s', durationSeconds: 2, map: '/init-0.mp4', programDateTime: '2026-01-01T00:00:00Z' },
        { uri: '/8.m4s', durationSeconds: 2, map: '/init-0.mp4', isGap: true },
        { uri: '/9.m4s', durationSeconds: 2, map: '/init-1.mp4', isDiscontinuity: true },
      ],
      window: { mediaSequence: 7, discontinuitySequence: 3, type: null, isOpen: true },
    });
    expect(text).toBe(`#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:7
#EXT-X-DISCONTINUITY-SEQUENCE:3
#EXT-X-MAP:URI="/init-0.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00Z
#EXTINF:2.000000,
/7.m4s
#EXT-X-GAP
#EXTINF:2.000000,
/8.m4s
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI="/init-1.mp4"
#EXTINF:2.000000,
/9.m4s
`);
    expect(HLS.parse(text)).toMatchObject({ endlist: false, mediaSequenceBase: 7 });
  });

  test('two independent parsers read back what was written', () => {
    const text = writeMediaPlaylist({ ...media, startOffsetSeconds: 0 });
    const first = HLS.parse(text) as HLS.types.MediaPlaylist;
    expect(first).toMatchObject({
      endlist: true,
      playlistType: 'VOD',
      targetDuration: 6,
      start: { offset: 0, precise: true },
    });
    expect(first.segments.map((segment) => segment.duration)).toEqual([6.006, 4]);
    expect(first.segments[1]?.map?.uri).toBe(media.map);
    const second = parseM3u8(text);
    expect(second).toMatchObject({
      endList: true,
      playlistType: 'VOD',
      targetDuration: 6,
      independentSegments: true,
    });
    expect(second.segments.map((segment) => segment.uri)).toEqual(
      media.segments.map((segment) => segment.uri),
    );
  });

  test('never drifts, never breaks the target duration', () => {
    const duration = fc.double({ min: 0.001, max: 20, noNaN: true });
    fc.assert(
      fc.property(fc.array(duration, { minLength: 1, maxLength: 500 }), (durations) => {
        const text = writeMediaPlaylist({
          version: 3,
          targetDuration: 6,
          independentSegments: false,
          segments: durations.map((durationSeconds, index) => ({ uri: `${index}.ts`, durationSeconds })),
        });
        const written = [...text.matchAll(/#EXTINF:([\d.]+),/g)].map((match) => Number(match[1]));
        const target = Number(/TARGETDURATION:(\d+)/.exec(text)?.[1]);
        expect(written).toHaveLength(durations.length);
        let exact = 0;
        let sum = 0;
        written.forEach((value, index) => {
          exact += durations[index] ?? 0;
          sum += value;
          expect(Math.abs(sum - exact)).toBeLessThan(1e-6);
          expect(Math.round(value)).toBeLessThanOrEqual(target);
        });
      }),
      { numRuns: 50 },
    );
  });
});

describe('writeMasterPlaylist', () => {
  test('writes variants and their audio group', () => {
    const text = writeMasterPlaylist({
      independentSegments: true,
      startOffsetSeconds: 60,
      audio: [
        { ...track, language: 'en', channels: 6 },
        { ...track, language: 'not a tag', uri: '/a1.m3u8' },
      ],
      variants: [
        {
          uri: '/v0.m3u8',
          bandwidth: 8_000_000.2,
          averageBandwidth: 6_000_000,
          codecs: ['avc1.640028', 'mp4a.40.2', 'mp4a.40.2'],
          width: 1920,
          height: 1080,
          frameRate: 24000 / 1001,
          videoRange: 'SDR',
          audioGroup: 'audio',
        },
      ],
      iFrames: [
        {
          uri: '/v0/iframes.m3u8',
          bandwidth: 8_000_000.2,
          codecs: ['avc1.640028'],
          width: 1920,
          height: 1080,
          videoRange: 'SDR',
        },
      ],
    });
    expect(text).toBe(
      `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-START:TIME-OFFSET=60,PRECISE=YES
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="English",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="6",URI="/a0.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="English (2)",DEFAULT=NO,AUTOSELECT=YES,URI="/a1.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=8000001,AVERAGE-BANDWIDTH=6000000,CODECS="avc1.640028,mp4a.40.2",RESOLUTION=1920x1080,FRAME-RATE=23.976,VIDEO-RANGE=SDR,AUDIO="audio"
/v0.m3u8
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=8000001,CODECS="avc1.640028",RESOLUTION=1920x1080,VIDEO-RANGE=SDR,URI="/v0/iframes.m3u8"
`,
    );
    const variant = (HLS.parse(text) as HLS.types.MasterPlaylist).variants[0];
    expect(variant).toMatchObject({
      bandwidth: 8_000_001,
      resolution: { width: 1920, height: 1080 },
      frameRate: 23.976,
    });
    expect(variant?.audio.map((audio) => audio.name)).toEqual(['English', 'English (2)']);
    expect(parseM3u8(text).mediaGroups.AUDIO.audio).toMatchObject({
      English: { default: true, uri: '/a0.m3u8' },
    });
  });

  test('writes subtitles, none of them the default', () => {
    const subtitles = { groupId: 'subtitles', name: 'Deutsch', language: 'de', isForced: false };
    const text = writeMasterPlaylist({
      independentSegments: false,
      audio: [],
      subtitles: [
        { ...subtitles, uri: '/s0.m3u8' },
        { ...subtitles, uri: '/s1.m3u8', isForced: true },
      ],
      variants: [{ uri: '/v0.m3u8', bandwidth: 1, codecs: ['avc1.640028'], subtitleGroup: 'subtitles' }],
      iFrames: [],
    });
    expect(text.split('\n').slice(2, 5)).toEqual([
      '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subtitles",NAME="Deutsch",LANGUAGE="de",DEFAULT=NO,AUTOSELECT=YES,FORCED=NO,URI="/s0.m3u8"',
      '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subtitles",NAME="Deutsch (2)",LANGUAGE="de",DEFAULT=NO,AUTOSELECT=YES,FORCED=YES,URI="/s1.m3u8"',
      '#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS="avc1.640028",SUBTITLES="subtitles"',
    ]);
    const variant = (HLS.parse(text) as HLS.types.MasterPlaylist).variants[0];
    expect(variant?.subtitles.map(({ uri }) => uri)).toEqual(['/s0.m3u8', '/s1.m3u8']);
    expect(Object.keys(parseM3u8(text).mediaGroups.SUBTITLES?.subtitles ?? {})).toHaveLength(2);
  });

  test('survives hostile titles in both parsers', () => {
    const title = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({
        unit: fc.constantFrom(
          '"',
          '\n',
          '\r',
          ',',
          '=',
          '#EXT-X-ENDLIST',
          '\0',
          '\u2028',
          '\uD800',
          'a',
          '{$x}',
        ),
      }),
    );
    fc.assert(
      fc.property(fc.array(title, { minLength: 1, maxLength: 6 }), (names) => {
        const text = writeMasterPlaylist({
          independentSegments: false,
          audio: names.map((name, index) => ({ ...track, name, language: name, uri: `/a${index}.m3u8` })),
          iFrames: [],
          variants: [{ uri: '/v0.m3u8', bandwidth: 1, codecs: ['avc1.640028'], audioGroup: 'audio' }],
        });
        expect(text.split(/[\r\n]/)).toHaveLength(5 + names.length);
        const [variant] = (HLS.parse(text) as HLS.types.MasterPlaylist).variants;
        expect(variant?.audio.map((audio) => audio.uri)).toEqual(names.map((_, index) => `/a${index}.m3u8`));
        expect(new Set(variant?.audio.map((audio) => audio.name)).size).toBe(names.length);
        expect(variant?.audio.filter((audio) => audio.isDefault)).toHaveLength(1);
        // m3u8-parser keeps names as keys of a plain object, which swallows this one.
        if (names.includes('__proto__')) return;
        const { AUDIO } = parseM3u8(text).mediaGroups;
        expect(Object.keys(AUDIO.audio ?? {})).toHaveLength(names.length);
      }),
      { numRuns: 300 },
    );
  });

  test('escapes what would break a line in a URI', () => {
    const text = writeMasterPlaylist({
      independentSegments: false,
      audio: [],
      iFrames: [],
      variants: [{ uri: '/v "0"\n.m3u8', bandwidth: 1, codecs: [] }],
    });
    expect(text).toContain('\n/v%20%220%22%0a.m3u8\n');
  });
});

function parseM3u8(text: string): Manifest {
  const parser = new Parser();
  parser.push(text);
  parser.end();
  return parser.manifest;
}
