import type { AudioStream } from '../probe/media-info.ts';
import type { AudioTarget, Capabilities } from './types.ts';

/** Bits per second of AAC-LC that nobody tells from the original: 96 kb/s a channel, the LFE for nothing. */
const AUDIO_BIT_RATES = { 1: 96_000, 2: 192_000, 6: 448_000 } as const;

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
