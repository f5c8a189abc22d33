import type { AudioStream, VideoStream } from '../probe/media-info.ts';
import type { AudioTarget, Capabilities, VideoTarget } from './types.ts';

/** Bits per second of AAC-LC that nobody tells from the original: 96 kb/s a channel, the LFE for nothing. */
const AUDIO_BIT_RATES = { 1: 96_000, 2: 192_000, 6: 448_000 } as const;

/** A picture that x264 encodes in real time on a small machine, and that every H.264 decoder shows. */
const MAX_WIDTH = 1920;
const MAX_HEIGHT = 1080;
/** Tone mapping is done in floating point: about four times the work of encoding. */
const MAX_TONE_MAPPED_HEIGHT = 720;

/**
 * How a sound track is encoded for a client. Surround is kept for a client that says it plays it; without capabilities the documented baseline
 * counts, which is stereo.
 */
export function audioTarget(stream: AudioStream, capabilities: Capabilities | undefined): AudioTarget {
  const most = capabilities?.maxChannels ?? 2;
  const channels = stream.channels === 1 || most < 2 ? 1 : stream.channels >= 6 && most >= 6 ? 6 : 2;
  return {
    codec: 'aac',
    // Music's rate and film's rate are kept; the rest (96 kHz of a lossless track, 22 kHz of an old AVI) becomes film's.
    sampleRate: stream.sampleRate === 44_100 ? 44_100 : 48_000,
    channels,
    bitRate: AUDIO_BIT_RATES[channels],
  };
}

/** How a picture is encoded for a client: never larger than it is, than the client shows, or than is encoded in real time. */
export function videoTarget(stream: VideoStream, capabilities: Capabilities | undefined): VideoTarget {
  const shown = displaySize(stream);
  const toneMap = stream.hdr !== null;
  const maxHeight = Math.min(
    toneMap ? MAX_TONE_MAPPED_HEIGHT : MAX_HEIGHT,
    capabilities?.maxHeight ?? MAX_HEIGHT,
  );
  const scale = Math.min(1, maxHeight / shown.height, MAX_WIDTH / shown.width);
  const width = even(shown.width * scale);
  const height = even(shown.height * scale);
  const isFast = (stream.frameRate ?? 25) > 32;
  const isSmall = width * height <= 1280 * 720;
  return {
    codec: 'h264',
    width,
    height,
    level: isSmall && !isFast ? 31 : isFast && !isSmall ? 42 : 41,
    maxBitRate: isSmall ? 5_000_000 : 10_000_000,
    deinterlace: stream.isInterlaced,
    toneMap,
  };
}

/** The picture as it is to be seen: with square pixels and upright. */
function displaySize(stream: VideoStream): { width: number; height: number } {
  const [num = 1, den = 1] = (stream.sampleAspectRatio ?? '1:1').split(':').map(Number);
  const aspect = num > 0 && den > 0 ? num / den : 1;
  const width = Math.max(2, stream.width) * aspect;
  const height = Math.max(2, stream.height);
  return stream.rotationDegrees % 180 === 0 ? { width, height } : { width: height, height: width };
}

/** 4:2:0 needs even sides. */
function even(pixels: number): number {
  return Math.max(2, 2 * Math.round(pixels / 2));
}
