import type { SegmentPlan } from '../plan/types.ts';
import type { AudioStream, MediaInfo } from '../probe/media-info.ts';
import type { PacketReader } from '../remux/packet.ts';
import type { MasterPlaylist } from './playlists/master-playlist.ts';

const AUDIO_GROUP = 'audio';

export interface MasterInput {
  media: MediaInfo;
  plan: SegmentPlan;
  reader: Pick<PacketReader, 'video' | 'audio'>;
  /** Position of the audio track that plays first. */
  audioPosition: number;
  /** Film time to start at, seconds; 0 for none. */
  startSeconds: number;
  sizeBytes: number;
  /** URI of a rendition's playlist. */
  uri: (rendition: string) => string;
  /** URI of the video's I-frame playlist; null for none: an encoded picture would be encoded for each of them. */
  iFrameUri: string | null;
}

/**
 * What `master.m3u8` says of a film: one variant, each audio track that the client gets as a rendition of one group, and the video's I-frames
 * for scrubbing.
 */
export function masterOf(input: MasterInput): MasterPlaylist {
  const { media, plan, reader, audioPosition, uri, iFrameUri } = input;
  const tracks = media.audio.flatMap((stream) => {
    const { position } = stream;
    const format = reader.audio[position];
    return format ? [{ stream, format, position }] : [];
  });
  const video = media.video[0];
  const codecs = tracks.map(({ format }) => format.codecString);
  const startOffset = input.startSeconds > 0 ? { startOffsetSeconds: input.startSeconds } : {};
  const common = { independentSegments: false, ...startOffset };
  const bandwidths = bandwidthsOf(plan, input.sizeBytes);

  if (!video || !reader.video) {
    const first = tracks.find(({ position }) => position === audioPosition) ?? tracks[0];
    const variants = first ? [{ ...bandwidths, codecs, uri: uri(`a${first.position}`) }] : [];
    return { ...common, audio: [], variants, iFrames: [] };
  }
  const frameRate = video.frameRate === null ? {} : { frameRate: video.frameRate };
  const picture = {
    width: reader.video.width,
    height: reader.video.height,
    videoRange: video.hdr === null ? 'SDR' : video.hdr === 'hlg' ? 'HLG' : 'PQ',
  } as const;
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
    variants: [
      {
        ...bandwidths,
        ...frameRate,
        ...picture,
        codecs: [reader.video.codecString, ...codecs],
        ...(tracks.length > 0 ? { audioGroup: AUDIO_GROUP } : {}),
        uri: uri('v0'),
      },
    ],
    // Their sizes are known only to whoever reads them: a segment that holds one is the bound that needs no reading.
    iFrames:
      iFrameUri === null
        ? []
        : [
            {
              ...picture,
              bandwidth: bandwidths.bandwidth,
              codecs: [reader.video.codecString],
              uri: iFrameUri,
            },
          ],
  };
}

function audioName(stream: AudioStream): string {
  return stream.title ?? stream.language ?? `Track ${stream.position + 1}`;
}

/** From the bytes that hold each segment: exact enough for a player's choice, and known before a byte of media is read. */
function bandwidthsOf(plan: SegmentPlan, sizeBytes: number): { bandwidth: number; averageBandwidth: number } {
  const average = plan.durationSeconds > 0 ? (sizeBytes * 8) / plan.durationSeconds : 0;
  let peak = average;
  for (const { startOffset, endOffset, startSeconds, endSeconds } of plan.segments) {
    const seconds = endSeconds - startSeconds;
    if (seconds >= 1) peak = Math.max(peak, ((endOffset - startOffset) * 8) / seconds);
  }
  return { bandwidth: peak, averageBandwidth: average };
}
