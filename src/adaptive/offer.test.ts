import { describe, expect, test } from 'vitest';
import { client } from '../plan/testing.fixture.ts';
import type { Capabilities } from '../plan/types.ts';
import { parseMultivariantPlaylist } from './hls/multivariant-playlist.ts';
import { offerOf } from './offer.ts';
import type { OriginTrack } from './origin.ts';

const BASE = new URL('https://origin.example/master.m3u8');

function presentation(...lines: string[]) {
  const tracks = new Map<string, OriginTrack>();
  const addresses = new Map<OriginTrack, string>();
  const trackAt = (url: URL) => {
    const track = tracks.get(url.href) ?? { load: () => Promise.reject(new Error('Not fetched')) };
    tracks.set(url.href, track);
    addresses.set(track, url.pathname.slice(1));
    return track;
  };
  const parsed = parseMultivariantPlaylist(['#EXTM3U', ...lines].join('\n'), BASE, trackAt);
  return {
    origin: { format: 'hls' as const, ...parsed },
    nameOf: (track: OriginTrack | null) => track && addresses.get(track),
  };
}

function offered(capabilities: Capabilities | undefined, ...lines: string[]) {
  const { origin, nameOf } = presentation(...lines);
  const offer = offerOf(origin, capabilities);
  return {
    variants: offer.variants.map(({ track }) => nameOf(track)),
    audio: offer.audio.map(({ name, track }) => [name, nameOf(track)]),
    reasons: offer.reasons,
  };
}

const variant = (name: string, attributes: string) => [
  `#EXT-X-STREAM-INF:BANDWIDTH=1000000,${attributes}`,
  name,
];
const sound = (group: string, name: string, uri = `,URI="${group}-${name}"`) =>
  `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="${group}",NAME="${name}"${uri}`;

describe('what a client gets of a presentation', () => {
  test('only what it can decode, each picture once, with one group of sound', () => {
    const { variants, audio, reasons } = offered(
      undefined,
      sound('stereo', "L’original, d'abord"),
      sound('stereo', 'Deutsch'),
      sound('surround', 'English'),
      ...variant('hd', 'CODECS="avc1.640028,mp4a.40.2",AUDIO="stereo",RESOLUTION=1920x1080'),
      ...variant('hd', 'CODECS="avc1.640028,ec-3",AUDIO="surround"'),
      ...variant('sd', 'CODECS="avc1.64001f,mp4a.40.2",AUDIO="stereo"'),
      ...variant('uhd', 'CODECS="hvc1.2.4.L153.B0,mp4a.40.2",AUDIO="stereo"'),
      ...variant('sound', 'CODECS="mp4a.40.2",AUDIO="stereo"'),
    );
    expect(variants).toEqual(['hd', 'sd']);
    expect(audio).toEqual([
      ["L’original, d'abord", "stereo-L’original, d'abord"].map((text, i) => (i ? encodeURI(text) : text)),
      ['Deutsch', 'stereo-Deutsch'],
    ]);
    expect(reasons).toHaveLength(2);
  });

  test('what is not declared is offered; captions need no decoder', () => {
    expect(offered(undefined, ...variant('a', 'RESOLUTION=640x360')).variants).toEqual(['a']);
    expect(offered(undefined, ...variant('a', 'CODECS="avc1.42c01e,wvtt,stpp.ttml.im1t"')).variants).toEqual([
      'a',
    ]);
  });

  test('too high, or HDR, is not offered to a client that cannot show it', () => {
    const able = client({ video: ['avc1.640034'], maxHeight: 1080 });
    const { variants, reasons } = offered(
      able,
      ...variant('uhd', 'CODECS="avc1.640033",RESOLUTION=3840x2160'),
      ...variant('hdr', 'CODECS="avc1.640028",VIDEO-RANGE=PQ'),
      ...variant('hd', 'CODECS="avc1.640028",RESOLUTION=1920x1080'),
    );
    expect(variants).toEqual(['hd']);
    expect(reasons.join(' ')).toMatch(/2160.*HDR/);
  });

  test('nothing that can be played leaves reasons', () => {
    const { variants, reasons } = offered(undefined, ...variant('a', 'CODECS="hvc1.1.6.L93.B0,mp4a.40.2"'));
    expect(variants).toEqual([]);
    expect(reasons).toEqual(['HEVC (hvc1.1.6.L93.B0) is not playable by this client.']);
  });

  test('sound alone is offered where there is no picture', () => {
    expect(offered(undefined, ...variant('radio', 'CODECS="mp4a.40.2"')).variants).toEqual(['radio']);
  });
});

test('hostile names change nothing but themselves', () => {
  const { audio } = offered(
    undefined,
    sound('__proto__', 'polluted'),
    sound('constructor', 'keys'),
    ...variant('a', 'AUDIO="__proto__"'),
  );
  expect(audio).toEqual([['polluted', '__proto__-polluted']]);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test.each(['file:///etc/passwd', 'http://169.254.169.254/x', 'skd://x'])(
  'a variant at %s is refused',
  (uri) => {
    expect(() => presentation(...variant(uri, 'CODECS="avc1.42c01e"'))).toThrow(
      expect.objectContaining({ code: 'source_refused' }),
    );
  },
);
