import type { PlaybackDecision, SegmentPlan, VideoTarget } from '../plan/types.ts';
import type { AudioStream, MediaInfo } from '../probe/media-info.ts';
import type { PacketReader } from '../remux/packet.ts';
import { type Bandwidths, copiedBandwidths, encodedBandwidths, highestAudioBitRate } from './bandwidths.ts';
import type { MasterPlaylist, SubtitleRendition, Variant } from './playlists/master-playlist.ts';

const AUDIO_GROUP = 'audio';
const SUBTITLE_GROUP = 'subtitles';

export interface MasterInput {
  media: MediaInfo;
  plan: SegmentPlan;
  reader: Pick<PacketReader, 'video' | 'audio'>;
  decision: PlaybackDecision;
  /** The pictures of the decision's ladder, by rendition. */
  rungs: ReadonlyMap<string, ShownPicture>;
  /** Position of the audio track that plays first. */
  audioPosition: number;
  /** That one alone is offered. */
  oneAudio?: boolean;
  /** Film time to start at, seconds; 0 for none. */
  startSeconds: number;
  sizeBytes: number;
  /** URI of a rendition's playlist. */
  uri: (rendition: string) => string;
  /** Text tracks, each of them a rendition for the picture's variants. */
  subtitles: readonly Omit<SubtitleRendition, 'groupId'>[];
  /** URI of the video's I-frame playlist; null for none: an encoded picture would be encoded for each of them. */
  iFrameUri: string | null;
}

/**
 * What `master.m3u8` says of a film: the video as a variant, first, since players begin with that; then the rungs of its ladder; each audio track
 * that the client gets as a rendition of one group that all variants share; the text tracks likewise; and the video's I-frames for scrubbing.
 */
export function masterOf(input: MasterInput): MasterPlaylist {
  const { media, plan, reader, decision, audioPosition, uri, iFrameUri } = input;
  const offered = media.audio.filter(({ position }) => !input.oneAudio || position === audioPosition);
  const tracks = offered.flatMap((stream) => {
    const { position } = stream;
    const format = reader.audio[position];
    return format ? [{ stream, format, position }] : [];
  });
  const video = media.video[0];
  const codecs = tracks.map(({ format }) => format.codecString);
  const startOffset = input.startSeconds > 0 ? { startOffsetSeconds: input.startSeconds } : {};
  const common = { independentSegments: false, ...startOffset };
  const copied = copiedBandwidths(plan, input.sizeBytes);

  if (!video || !reader.video) {
    const first = tracks.find(({ position }) => position === audioPosition) ?? tracks[0];
    const variants = first ? [{ ...copied, codecs, uri: uri(`a${first.position}`) }] : [];
    return { ...common, audio: [], variants, iFrames: [] };
  }
  const frameRate = video.frameRate === null ? {} : { frameRate: video.frameRate };
  const audioBitRate = highestAudioBitRate(
    tracks.map(({ stream, position }) => ({ ...stream, target: decision.audio[position]?.target })),
  );
  const encoded = (target: VideoTarget) => encodedBandwidths(target, plan, audioBitRate);
  const bandwidths = decision.video?.target ? encoded(decision.video.target) : copied;
  const variantOf = (picture: ShownPicture, rendition: string, bits: Bandwidths): Variant => ({
    ...bits,
    ...frameRate,
    ...describedPicture(picture),
    codecs: [...codecOf(picture), ...codecs],
    ...(tracks.length > 0 ? { audioGroup: AUDIO_GROUP } : {}),
    ...(input.subtitles.length > 0 ? { subtitleGroup: SUBTITLE_GROUP } : {}),
    uri: uri(rendition),
  });
  const rungs = (decision.rungs ?? []).flatMap(({ rendition, target }) => {
    const picture = input.rungs.get(rendition);
    return picture ? [variantOf(picture, rendition, encoded(target))] : [];
  });
  return {
    ...common,
    audio: tracks.map(({ stream, position }) => ({
      groupId: AUDIO_GROUP,
      name: audioName(stream),
      ...(stream.language === null ? {} : { language: stream.language }),
      uri: uri(`a${position}`),
      isDefault: position === audioPosition,
      channels: stream.channels,
    })),
    subtitles: input.subtitles.map((rendition) => ({ ...rendition, groupId: SUBTITLE_GROUP })),
    variants: [variantOf(input, 'v0', bandwidths), ...rungs],
    // Their sizes are known only to whoever reads them: a segment that holds one is the bound that needs no reading.
    iFrames:
      iFrameUri === null
        ? []
        : [
            {
              ...describedPicture(input),
              bandwidth: bandwidths.bandwidth,
              codecs: codecOf(input),
              uri: iFrameUri,
            },
          ],
  };
}

function audioName(stream: AudioStream): string {
  return stream.title ?? stream.language ?? `Track ${stream.position + 1}`;
}

/** What the playlist tells of a picture. */
interface ShownPicture {
  reader: Pick<PacketReader, 'video'>;
  media: Pick<MediaInfo, 'video'>;
}

function codecOf({ reader }: ShownPicture): string[] {
  return reader.video ? [reader.video.codecString] : [];
}

function describedPicture({ reader, media }: ShownPicture): Pick<Variant, 'width' | 'height' | 'videoRange'> {
  const hdr = media.video[0]?.hdr ?? null;
  const videoRange = hdr === null ? 'SDR' : hdr === 'hlg' ? 'HLG' : 'PQ';
  return reader.video ? { width: reader.video.width, height: reader.video.height, videoRange } : {};
}
