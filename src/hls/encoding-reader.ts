import { encodedAudioTrack } from '../ffmpeg/encode/audio-track.ts';
import type { EncodedFilm } from '../ffmpeg/encode/encoded-film.ts';
import type { EncodedTrack } from '../ffmpeg/encode/track.ts';
import { segmentAt } from '../plan/segments.ts';
import type { AudioTarget, PlaybackDecision, SegmentPlan } from '../plan/types.ts';
import type { MediaInfo } from '../probe/media-info.ts';
import { buildAudioSpecificConfig } from '../remux/aac.ts';
import type { AudioFormat, PacketReader } from '../remux/packet.ts';
import { encodedPicture, packetsOf } from './encoded-picture.ts';

export interface EncodingReaderOptions extends Omit<EncodedFilm, 'cuts' | 'firstSegment'> {
  copied: PacketReader;
  media: MediaInfo;
  plan: SegmentPlan;
  decision: PlaybackDecision;
  /** Film times of the source's keyframes, ascending; null when nobody knows them. */
  keyframes: readonly number[] | null;
  /** Where the viewer is, seconds. */
  viewerSeconds: () => number;
  /** False where there is no ffmpeg: then tracks that would have to be encoded are not there. */
  canEncode: boolean;
  /** How the film was read before, with the same plan and picture: the picture goes on, and so does each sound that is decided on as it was. */
  before?: EncodingReader | undefined;
}

export interface EncodingReader extends PacketReader {
  /** What the picture comes from. */
  readonly picture: PacketReader;
  /** The encoded sounds, by what they become. */
  readonly sounds: ReadonlyMap<AudioTarget, EncodedTrack>;
  /** @param successor what it shares with this reader goes on */
  close(successor?: EncodingReader): void;
}

/**
 * A film's packets as a client can play them: those of copied tracks from the container, those of the others from encoders, which run
 * only while something is asked of them. Closing it leaves the container's reader open: other deliveries share it.
 */
export function encodingReader(options: EncodingReaderOptions): EncodingReader {
  const { copied, media, plan, decision, before } = options;
  const film = encodedFilm(options);
  const [stream] = media.video;
  const target = decision.video?.target;
  const family = options.id;
  const picture =
    before?.picture ??
    (stream && target
      ? encodedPicture({ ...options, ...film, stream, family, rendition: 'v0' }, target)
      : copied);
  const sounds = new Map<AudioTarget, EncodedTrack>();
  const audio = media.audio.map((sound) => {
    const audioTarget = decision.audio[sound.position]?.target;
    if (!audioTarget) return undefined;
    const track = before?.sounds.get(audioTarget) ?? encodedAudioTrack(film, sound, audioTarget);
    sounds.set(audioTarget, track);
    return track;
  });

  return {
    picture,
    sounds,
    video: picture.video,
    audio: media.audio.map(({ position }) => {
      const audioTarget = decision.audio[position]?.target;
      if (!audioTarget) return copied.audio[position] ?? null;
      return options.canEncode ? audioFormat(audioTarget) : null;
    }),
    ...(picture.videoDescription ? { videoDescription: picture.videoDescription } : {}),
    videoPackets: (span, signal) => picture.videoPackets(span, signal),
    audioPackets: (position, span, signal) => {
      const track = audio[position];
      return track ? packetsOf(track, plan, span, signal) : copied.audioPackets(position, span, signal);
    },
    close: (successor) => {
      if (picture !== copied && picture !== successor?.picture) picture.close();
      for (const [audioTarget, track] of sounds) {
        if (track !== successor?.sounds.get(audioTarget)) track.close();
      }
    },
  };
}

/** What the encoded tracks of a delivery have in common. */
export function encodedFilm(options: EncodingReaderOptions): EncodedFilm {
  const { plan, viewerSeconds } = options;
  return {
    ...options,
    cuts: [...plan.segments.map((segment) => segment.startSeconds), plan.durationSeconds],
    firstSegment: () => segmentAt(plan, viewerSeconds()).index,
  };
}

const AAC_LC = 2;

function audioFormat({ sampleRate, channels }: AudioTarget): AudioFormat {
  const description = buildAudioSpecificConfig(AAC_LC, sampleRate, channels);
  return { kind: 'audio', codec: 'aac', codecString: 'mp4a.40.2', sampleRate, channels, description };
}
