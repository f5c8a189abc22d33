import type { AudioTarget } from '../../plan/types.ts';
import type { AudioStream } from '../../probe/media-info.ts';
import { AAC_FRAME_SAMPLES, audioArguments, type PacketGrid, PREROLL_FRAMES } from './arguments.ts';
import type { EncodedFilm } from './encoded-film.ts';
import { encode } from './run.ts';
import { EncodedTrack } from './track.ts';

/** Sound is cheap to make and to keep: as much as a player buffers. */
const AHEAD_SECONDS = 30;
/** What a decoder reads before it is in step: bit reservoirs, and a container that seeks a little late. */
const DECODER_RUN_UP_SECONDS = 0.5;
/** Frames lie on an exact grid. */
const TOLERANCE_SECONDS = 1e-6;

/** A sound track as AAC, encoded on demand. */
export function encodedAudioTrack(film: EncodedFilm, stream: AudioStream, target: AudioTarget): EncodedTrack {
  const { tools, source, originSeconds, cuts } = film;
  return new EncodedTrack({
    ...film,
    slots: film.slots.audio,
    id: `${film.id}/a${stream.position}`,
    toleranceSeconds: TOLERANCE_SECONDS,
    needsKeyframes: false,
    aheadSeconds: AHEAD_SECONDS,
    startRun: (first, onHeader, signal) => {
      const firstSample = runStart(cuts[first] ?? 0, target.sampleRate);
      const readFromSeconds = firstSample / target.sampleRate - DECODER_RUN_UP_SECONDS;
      const spec = {
        source,
        arguments: (url: string) =>
          audioArguments(
            { url, streamIndex: stream.streamIndex, originSeconds, readFromSeconds },
            target,
            firstSample,
            packetGrid(stream),
          ),
      };
      return { packets: encode(tools, spec, onHeader, signal), last: cuts.length - 2 };
    },
  });
}

/** Samples in every packet of codecs that know but one length; shorter ones of E-AC-3 and MP3 lie on a part of that grid, and keep their times. */
const PACKET_SAMPLES: Readonly<Record<string, number>> = {
  ac3: 1536,
  eac3: 1536,
  dts: 512,
  mp2: 1152,
  mp3: 1152,
};

function packetGrid({ codec, startSeconds, sampleRate }: AudioStream): PacketGrid | undefined {
  const samples = PACKET_SAMPLES[codec];
  if (samples === undefined || startSeconds === null || sampleRate <= 0) return undefined;
  return { startSeconds, packetSeconds: samples / sampleRate };
}

/** The sample a run begins with, for the first frame at or after `seconds` to be whole. */
function runStart(seconds: number, sampleRate: number): number {
  const frame = Math.ceil((seconds * sampleRate) / AAC_FRAME_SAMPLES) - PREROLL_FRAMES;
  return Math.max(0, frame) * AAC_FRAME_SAMPLES;
}
