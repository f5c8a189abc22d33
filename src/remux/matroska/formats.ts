import {
  aacCodecString,
  buildAudioSpecificConfig,
  channelCountOf,
  parseAudioSpecificConfig,
} from '../aac.ts';
import {
  av1CodecString,
  avcCodecString,
  hevcCodecString,
  parseVp9Private,
  type Vp9Config,
  vp9CodecString,
} from '../codec-strings.ts';
import type { AudioFormat, VideoCodec, VideoFormat } from '../packet.ts';
import { isSampleRate } from '../sample-rate.ts';
import type { MatroskaTrack } from './tracks.ts';

/**
 * The format of a video track; null for codecs we cannot copy and for damaged configuration.
 *
 * @param vp9 what the first frame says, for VP9 tracks without CodecPrivate
 */
export function videoFormat(track: MatroskaTrack, vp9: Vp9Config | null = null): VideoFormat | null {
  const codec = VIDEO_CODECS[track.codecId];
  if (!codec || track.kind !== 'video' || !isReadable(track)) return null;
  const codecString = videoCodecString(codec, track, vp9);
  if (!codecString) return null;
  return {
    kind: 'video',
    codec,
    codecString,
    width: track.width,
    height: track.height,
    pixelAspect: pixelAspect(track),
    rotationDegrees: track.rotationDegrees,
    description: codec === 'vp9' || codec === 'vp8' ? null : track.codecPrivate,
  };
}

/** The format of an audio track; null for codecs we cannot copy and for damaged configuration. */
export function audioFormat(track: MatroskaTrack): AudioFormat | null {
  if (track.kind !== 'audio' || !isReadable(track)) return null;
  const { codecId, codecPrivate, channels } = track;
  const sampleRate = Math.round(track.sampleRate);
  if (!isSampleRate(sampleRate)) return null;
  if (codecId.startsWith('A_AAC')) return aacFormat(track);
  if (codecId === 'A_MPEG/L3') {
    return { kind: 'audio', codec: 'mp3', codecString: 'mp3', sampleRate, channels, description: null };
  }
  if (codecId === 'A_OPUS' && codecPrivate && codecPrivate.length >= 19) {
    // RFC 7845 §5.1: decoding is always at 48 kHz, whatever was encoded.
    return {
      kind: 'audio',
      codec: 'opus',
      codecString: 'opus',
      sampleRate: 48000,
      channels: codecPrivate[9] || channels,
      description: codecPrivate,
    };
  }
  if (codecId === 'A_FLAC' && codecPrivate && codecPrivate.length >= FLAC_HEAD_BYTES) {
    const description = codecPrivate.slice(0, FLAC_HEAD_BYTES);
    description[4] = 0x80; // STREAMINFO is now the last block
    return { kind: 'audio', codec: 'flac', codecString: 'flac', sampleRate, channels, description };
  }
  return null;
}

const VIDEO_CODECS: Readonly<Record<string, VideoCodec>> = {
  'V_MPEG4/ISO/AVC': 'avc',
  'V_MPEGH/ISO/HEVC': 'hevc',
  V_VP8: 'vp8',
  V_VP9: 'vp9',
  V_AV1: 'av1',
};

/** `fLaC`, a block header, STREAMINFO (RFC 9639 §8). */
const FLAC_HEAD_BYTES = 4 + 4 + 34;

function videoCodecString(codec: VideoCodec, track: MatroskaTrack, vp9: Vp9Config | null): string | null {
  const { codecPrivate, width, height } = track;
  switch (codec) {
    case 'vp8':
      return 'vp8';
    case 'vp9': {
      const config = codecPrivate ? parseVp9Private(codecPrivate) : vp9;
      return vp9CodecString(config ?? { profile: 0, level: null, bitDepth: 8 }, width, height);
    }
    case 'avc':
      return codecPrivate && avcCodecString(codecPrivate);
    case 'hevc':
      return codecPrivate && hevcCodecString(codecPrivate);
    case 'av1':
      return codecPrivate && av1CodecString(codecPrivate);
  }
}

/** Files of old mkvmerge have no CodecPrivate; the codec id's suffix tells the profile then. */
function aacFormat(track: MatroskaTrack): AudioFormat | null {
  const rate = Math.round(track.sampleRate);
  const objectType = /\/MAIN/.test(track.codecId) ? 1 : /\/SSR/.test(track.codecId) ? 3 : 2;
  const hasConfig = track.codecPrivate !== null && track.codecPrivate.length >= 2;
  const description = hasConfig
    ? track.codecPrivate
    : buildAudioSpecificConfig(objectType, rate, track.channels);
  const config = description && parseAudioSpecificConfig(description);
  if (!config) return null;
  return {
    kind: 'audio',
    codec: 'aac',
    codecString: aacCodecString(config),
    sampleRate: config.outputRate,
    channels: config.ps ? 2 : channelCountOf(config.channelConfiguration) || track.channels,
    description,
  };
}

function isReadable(track: MatroskaTrack): boolean {
  return track.encoding.kind !== 'unsupported';
}

function pixelAspect(track: MatroskaTrack): [number, number] {
  const { width, height, displayWidth, displayHeight } = track;
  if (!displayWidth || !displayHeight || !width || !height) return [1, 1];
  const x = displayWidth * height;
  const y = displayHeight * width;
  // Display sizes are whole pixels: what is square but for their rounding is square.
  if (Math.abs(x / y - 1) < 1.5 / Math.max(width, height)) return [1, 1];
  const divisor = greatestCommonDivisor(x, y);
  return [x / divisor, y / divisor];
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
