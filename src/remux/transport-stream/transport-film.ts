import type { AudioFormat, VideoFormat } from '../packet.ts';
import type { FramedCodec } from './audio-frames.ts';
import type { NalCodec } from './nal-units.ts';
import type { TransportClock } from './transport-clock.ts';
import type { TransportFile } from './transport-file.ts';

/** What is known of a transport stream's film once it was looked at. */
export interface TransportFilm extends TransportFile {
  clock: TransportClock;
  /** On average, for guesses of where a time lies. */
  bytesPerSecond: number;
  /** Film time at which everything has ended. */
  durationSeconds: number;
  video: TransportVideo;
  /** By audio position; null where the codec cannot be copied out of a transport stream. */
  audio: readonly (TransportAudio | null)[];
}

export interface TransportVideo {
  pid: number;
  codec: NalCodec;
  format: VideoFormat;
  /** In the format's description: packets need not carry them. */
  parameterSets: readonly Uint8Array[];
  /** Of a constant rate; 0 where it varies. */
  frameSeconds: number;
}

export interface TransportAudio {
  pid: number;
  codec: FramedCodec;
  format: AudioFormat;
}
