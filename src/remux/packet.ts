/** One encoded frame on the film clock. */
export interface Packet {
  /** In the container's own framing: length-prefixed NAL units for H.264/HEVC (ISO/IEC 14496-15), raw AAC without ADTS. */
  data: Uint8Array;
  /** Presentation time on the film clock, seconds. Negative for pre-roll that an edit list hides. */
  ptsSeconds: number;
  durationSeconds: number;
  isKey: boolean;
}

export type VideoCodec = 'avc' | 'hevc' | 'vp9' | 'av1' | 'vp8';
export type AudioCodec = 'aac' | 'mp3' | 'opus' | 'flac';

export interface VideoFormat {
  kind: 'video';
  codec: VideoCodec;
  /** RFC 6381, for CODECS in the multivariant playlist. */
  codecString: string;
  width: number;
  height: number;
  /** Pixel aspect as a ratio; `[1, 1]` when square. */
  pixelAspect: readonly [number, number];
  rotationDegrees: number;
  /** avcC / hvcC / av1C / vpcC payload; null when the codec has none. */
  description: Uint8Array | null;
}

export interface AudioFormat {
  kind: 'audio';
  codec: AudioCodec;
  codecString: string;
  sampleRate: number;
  channels: number;
  /** AudioSpecificConfig, OpusHead, FLAC STREAMINFO …; null when the codec has none. */
  description: Uint8Array | null;
}

/** Half-open stretch of film time, with the bytes that hold it. */
export interface Span {
  startSeconds: number;
  endSeconds: number;
  startOffset: number;
  endOffset: number;
}

/** Reads a film's packets. Stateless for its callers: any span in any order, any number at once. */
export interface PacketReader {
  /** Null when there is no video, or none in a codec we can copy. */
  readonly video: VideoFormat | null;
  /** By audio position; null where the codec is none we can copy. */
  readonly audio: readonly (AudioFormat | null)[];
  /**
   * The video's decoder configuration (its format's `description`), for readers that know it only once an encoder runs. Absent: `video` says it.
   */
  videoDescription?(signal?: AbortSignal): Promise<Uint8Array | null>;
  /**
   * Video packets of a span in decode order: from the keyframe at `startSeconds` up to, not including, the keyframe at
   * `endSeconds`. Yields as bytes arrive; reads as little beyond the span as the container allows.
   */
  videoPackets(span: Span, signal?: AbortSignal): AsyncIterable<Packet>;
  /** Audio packets whose presentation time lies in the span. */
  audioPackets(position: number, span: Span, signal?: AbortSignal): AsyncIterable<Packet>;
  close(): void;
}

/** The format of a reader's video, complete with its decoder configuration. */
export async function completeVideoFormat(
  reader: PacketReader,
  signal?: AbortSignal,
): Promise<VideoFormat | null> {
  const { video } = reader;
  if (!video || !reader.videoDescription) return video;
  return { ...video, description: await reader.videoDescription(signal) };
}
