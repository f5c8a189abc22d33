import { encodedAudioTrack } from '../ffmpeg/encode/audio-track.ts';
import type { EncodedFilm } from '../ffmpeg/encode/encoded-film.ts';
import type { EncodedTrack } from '../ffmpeg/encode/track.ts';
import { encodedVideoTrack } from '../ffmpeg/encode/video-track.ts';
import { segmentAt } from '../plan/segments.ts';
import type { AudioTarget, PlaybackDecision, SegmentPlan, VideoTarget } from '../plan/types.ts';
import type { MediaInfo } from '../probe/media-info.ts';
import { buildAudioSpecificConfig } from '../remux/aac.ts';
import type { AudioFormat, Packet, PacketReader, Span, VideoFormat } from '../remux/packet.ts';

export interface EncodingReaderOptions extends Omit<EncodedFilm, 'cuts' | 'firstSegment'> {
  copied: PacketReader;
  media: MediaInfo;
  plan: SegmentPlan;
  decision: PlaybackDecision;
  /** Film times of the source's keyframes, ascending; null when nobody knows them. */
  keyframes: readonly number[] | null;
  /** Where playing will start, seconds. */
  startSeconds: number;
  /** False where there is no ffmpeg: then tracks that would have to be encoded are not there. */
  canEncode: boolean;
}

/**
 * A film's packets as a client can play them: those of copied tracks from the container, those of the others from encoders, which run
 * only while something is asked of them. Closing it leaves the container's reader open: other deliveries share it.
 */
export function encodingReader(options: EncodingReaderOptions): PacketReader {
  const { copied, media, plan, decision } = options;
  const film: EncodedFilm = {
    ...options,
    cuts: [...plan.segments.map(({ startSeconds }) => startSeconds), plan.durationSeconds],
    firstSegment: segmentAt(plan, options.startSeconds).index,
  };
  const picture = media.video[0];
  const pictureTarget = decision.video?.target;
  const video =
    picture && pictureTarget
      ? encodedVideoTrack({ ...film, keyframes: options.keyframes }, picture, pictureTarget)
      : undefined;
  const audio = media.audio.map((stream) => {
    const target = decision.audio[stream.position]?.target;
    return target && encodedAudioTrack(film, stream, target);
  });

  return {
    video: pictureTarget ? videoFormat(pictureTarget) : copied.video,
    audio: media.audio.map(({ position }) => {
      const target = decision.audio[position]?.target;
      if (!target) return copied.audio[position] ?? null;
      return options.canEncode ? audioFormat(target) : null;
    }),
    videoDescription: async (signal) =>
      video ? (await video.header(signal)).description : (copied.video?.description ?? null),
    videoPackets: (span, signal) =>
      video ? packetsOf(video, plan, span, signal) : copied.videoPackets(span, signal),
    audioPackets: (position, span, signal) => {
      const track = audio[position];
      return track ? packetsOf(track, plan, span, signal) : copied.audioPackets(position, span, signal);
    },
    close: () => {
      for (const track of [video, ...audio]) track?.close();
    },
  };
}

async function* packetsOf(
  track: EncodedTrack,
  plan: SegmentPlan,
  span: Span,
  signal: AbortSignal | undefined,
): AsyncGenerator<Packet, void, void> {
  yield* await track.packets(segmentAt(plan, span.startSeconds).index, signal);
}

/** RFC 6381 §3.3: High profile without constraint flags, at the target's level. */
function videoFormat({ width, height, level }: VideoTarget): VideoFormat {
  return {
    kind: 'video',
    codec: 'avc',
    codecString: `avc1.6400${level.toString(16).toUpperCase()}`,
    width,
    height,
    pixelAspect: [1, 1],
    rotationDegrees: 0,
    description: null,
  };
}

const AAC_LC = 2;

function audioFormat({ sampleRate, channels }: AudioTarget): AudioFormat {
  const description = buildAudioSpecificConfig(AAC_LC, sampleRate, channels);
  return { kind: 'audio', codec: 'aac', codecString: 'mp4a.40.2', sampleRate, channels, description };
}
