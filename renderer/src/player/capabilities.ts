import type { Capabilities } from '../../../src/plan/types.ts';

/** What the browser is asked; passed in, so that the mapping is tested without one. */
export interface DecoderProbe {
  /** Whether Media Source Extensions take this MIME type with codecs. */
  mse(type: string): boolean;
  /** `<video>.canPlayType`. */
  element(type: string): CanPlayTypeResult;
  /** `mediaCapabilities.decodingInfo(...).supported`; false where it rejects. */
  decodes(configuration: MediaDecodingConfiguration): Promise<boolean>;
}

/**
 * Measures what this renderer decodes. Nothing is assumed from the version of Electron: HEVC depends on the platform's
 * decoder, and a proprietary-codec build on how it was made.
 */
export async function measureCapabilities(probe: DecoderProbe): Promise<Capabilities> {
  const ladders = await Promise.all(VIDEO_LADDERS.map((ladder) => top(ladder, probe)));
  const video = ladders.filter((codec) => codec !== null);
  const [maxHeight, hdr, maxChannels] = await Promise.all([
    tallest(probe, video),
    anyOf(HDR_CODECS, (codec) => probe.decodes(hdrConfiguration(codec))),
    mostChannels(probe),
  ]);
  return {
    containers: CONTAINERS.filter((type) => probe.element(type) !== ''),
    video,
    audio: [
      ...AUDIO_CODECS.filter((codec) => probe.mse(`audio/mp4; codecs="${codec}"`)),
      ...FILE_AUDIO.filter(({ type }) => probe.element(type) !== '').map(({ codec }) => codec),
    ],
    maxChannels,
    maxHeight,
    hdr,
  };
}

/** The running browser's own answers. */
export function browserProbe(): DecoderProbe {
  const element = document.createElement('video');
  return {
    mse: (type) => MediaSource.isTypeSupported(type),
    element: (type) => element.canPlayType(type),
    decodes: async (configuration) => {
      try {
        return (await navigator.mediaCapabilities.decodingInfo(configuration)).supported;
      } catch {
        return false; // A field this browser does not know: it cannot vouch for it.
      }
    },
  };
}

const hex = (value: number) => value.toString(16).toUpperCase().padStart(2, '0');
const two = (value: number) => String(value).padStart(2, '0');

/**
 * One ladder of levels for each profile, lowest first. Only its highest rung that plays is reported: the core matches by
 * family, profile and level, and takes what lies below for granted.
 */
const VIDEO_LADDERS: readonly (readonly string[])[] = [
  // Baseline, Main, High, High 10, High 4:2:2, High 4:4:4.
  ...['42E0', '4D40', '6400', '6E00', '7A00', 'F400'].map((profile) =>
    [30, 31, 40, 41, 42, 50, 51, 52, 60, 62].map((level) => `avc1.${profile}${hex(level)}`),
  ),
  // Main and Main 10 by both sample entries (parameter sets out of band, and in band); the level times 30.
  ...['hvc1.1.6', 'hvc1.2.4', 'hev1.1.6', 'hev1.2.4'].map((profile) =>
    [93, 120, 123, 150, 153, 156, 180, 186].map((level) => `${profile}.L${level}.B0`),
  ),
  ...[
    ['00', '08'],
    ['01', '08'],
    ['02', '10'],
    ['03', '10'],
  ].map(([profile, depth]) =>
    [30, 31, 40, 41, 50, 51, 52, 60, 61, 62].map((l) => `vp09.${profile}.${l}.${depth}`),
  ),
  // Main, High and Professional, 8 and 10 bit; `seq_level_idx` 4 (3.0) to 19 (6.3).
  ...['0', '1', '2'].flatMap((profile) =>
    ['08', '10'].map((depth) =>
      [4, 5, 8, 9, 12, 13, 14, 16, 17, 19].map((level) => `av01.${profile}.${two(level)}M.${depth}`),
    ),
  ),
  ['vp8'],
];

/** AAC Main, LC, HE, HE v2, xHE; MP3 by both of its object types; then what Electron lacks but other builds may have. */
const AUDIO_CODECS: readonly string[] = [
  'mp4a.40.1',
  'mp4a.40.2',
  'mp4a.40.5',
  'mp4a.40.29',
  'mp4a.40.42',
  'mp4a.69',
  'mp4a.6B',
  'opus',
  'flac',
  'ac-3',
  'ec-3',
  'ac-4.02.01.00',
  'dtsc',
  'dtse',
  'mp4a.a9',
  'alac',
];

/** Decoded in a file of its own kind, though not in fragmented MP4: for direct play. */
const FILE_AUDIO = [
  { codec: 'mp3', type: 'audio/mpeg' },
  { codec: 'vorbis', type: 'audio/webm; codecs="vorbis"' },
] as const;

const CONTAINERS: readonly string[] = [
  'video/mp4',
  'video/webm',
  'video/ogg',
  'video/quicktime',
  'video/x-matroska',
  'video/mp2t',
  'audio/mpeg',
  'audio/mp4',
  'audio/aac',
  'audio/flac',
  'audio/ogg',
  'audio/wav',
  'audio/webm',
];

/** With their colour in the string where it has a place: Chromium refuses PQ for a string that says BT.709 by omission. */
const HDR_CODECS = ['hvc1.2.4.L150.B0', 'vp09.02.51.10.01.09.16.09.00', 'av01.0.12M.10.0.112.09.16.09.0'];

const mp4 = (codec: string) => `${codec === 'vp8' ? 'video/webm' : 'video/mp4'}; codecs="${codec}"`;

function videoConfiguration(codec: string, width: number, height: number): MediaDecodingConfiguration {
  return {
    type: 'media-source',
    video: { contentType: mp4(codec), width, height, bitrate: 20_000_000, framerate: 24 },
  };
}

/** Decoding of PQ, not the screen's own range: Chromium maps PQ and HLG to a standard screen by itself. */
function hdrConfiguration(codec: string): MediaDecodingConfiguration {
  const { video, ...rest } = videoConfiguration(codec, 3840, 2160);
  if (video === undefined) return rest;
  return { ...rest, video: { ...video, colorGamut: 'rec2020', transferFunction: 'pq' } };
}

async function tallest(probe: DecoderProbe, codecs: readonly string[]): Promise<number> {
  for (const height of [4320, 2160, 1440]) {
    const width = Math.round((height * 16) / 9);
    if (await anyOf(codecs, (codec) => probe.decodes(videoConfiguration(codec, width, height))))
      return height;
  }
  return 1080;
}

/**
 * Channels that can be decoded. Not `AudioContext.destination.maxChannelCount`: Chromium mixes down to the device by the
 * stream's real layout itself, so a stereo computer still takes 5.1 untouched.
 */
async function mostChannels(probe: DecoderProbe): Promise<number> {
  for (const channels of [8, 6]) {
    const audio = {
      contentType: 'audio/mp4; codecs="mp4a.40.2"',
      channels: String(channels),
      bitrate: 64_000 * channels,
      samplerate: 48_000,
    };
    if (await probe.decodes({ type: 'media-source', audio })) return channels;
  }
  return 2;
}

/** The highest rung that Media Source takes and a decoder backs; null when none. */
async function top(ladder: readonly string[], probe: DecoderProbe): Promise<string | null> {
  for (const codec of ladder.toReversed()) {
    if (probe.mse(mp4(codec)) && (await probe.decodes(videoConfiguration(codec, 1920, 1080)))) return codec;
  }
  return null;
}

async function anyOf(codecs: readonly string[], test: (codec: string) => Promise<boolean>): Promise<boolean> {
  const verdicts = await Promise.all(codecs.map(test));
  return verdicts.some(Boolean);
}
