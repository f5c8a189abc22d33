import type { AudioStream, VideoStream } from '../probe/media-info.ts';
import { type CodecTraits, profileNumber } from './codec-match.ts';

/** What a person calls the codec: `E-AC-3`, `H.264`. */
export function codecName(codec: string): string {
  return NAMES.get(codec) ?? codec.toUpperCase();
}

/** A video stream as `codec-match` compares it. */
export function videoTraits(stream: VideoStream): CodecTraits {
  const named = profileNumber(stream.codec, stream.profile);
  return {
    codec: stream.codec,
    profile: stream.codec === 'h264' ? atLeastH264(named, stream) : named,
    // ffprobe writes -99 or -1 for "unknown".
    level: stream.level !== null && stream.level > 0 ? stream.level : null,
    bitDepth: stream.bitDepth,
  };
}

/** An audio stream as `codec-match` compares it. */
export function audioTraits(stream: AudioStream): CodecTraits {
  return {
    codec: stream.codec,
    profile: profileNumber(stream.codec, stream.profile),
    level: null,
    bitDepth: null,
  };
}

/** `4:2:0`, `4:2:2` or `4:4:4`, from ffprobe's pixel format; null when it tells neither. */
export function chroma(stream: VideoStream): '4:2:0' | '4:2:2' | '4:4:4' | null {
  const format = stream.pixelFormat ?? '';
  if (/420|nv12|nv21|p010|gray/.test(format)) return '4:2:0';
  if (/422|nv16|p210/.test(format)) return '4:2:2';
  return /444|gbr|rgb/.test(format) ? '4:4:4' : null;
}

const NAMES = new Map(
  Object.entries({
    h264: 'H.264',
    hevc: 'HEVC',
    vp8: 'VP8',
    vp9: 'VP9',
    av1: 'AV1',
    mpeg2video: 'MPEG-2',
    mpeg4: 'MPEG-4 Part 2',
    vc1: 'VC-1',
    wmv3: 'WMV 9',
    theora: 'Theora',
    mjpeg: 'Motion JPEG',
    prores: 'ProRes',
    aac: 'AAC',
    mp3: 'MP3',
    mp2: 'MP2',
    opus: 'Opus',
    vorbis: 'Vorbis',
    flac: 'FLAC',
    alac: 'ALAC',
    ac3: 'AC-3',
    eac3: 'E-AC-3',
    dts: 'DTS',
    truehd: 'Dolby TrueHD',
  }),
);

/** A profile name can be missing or wrong; the pixel format cannot: 10 bits and 4:2:2 raise the profile to the first that has them. */
function atLeastH264(profile: number | null, stream: VideoStream): number | null {
  const sampling = chroma(stream);
  const needed = sampling === '4:4:4' ? 244 : sampling === '4:2:2' ? 122 : stream.bitDepth > 8 ? 110 : 0;
  return needed > (profile ?? 0) ? needed : profile;
}
