import type { Resource } from '../source/http-resources.ts';

/**
 * A presentation as its origin cut it, in the words of HLS, whichever of HLS and DASH it came in. Plain data: nothing of it was fetched, and
 * every address in it is checked (http or https, no refused IP literal).
 */
export interface OriginPresentation {
  format: 'hls' | 'dash';
  /** In the origin's order. */
  variants: OriginVariant[];
  audio: OriginRendition[];
  subtitles: OriginRendition[];
}

/** One quality of the picture, with its own sound or with a group of renditions for it. */
export interface OriginVariant {
  /** Peak bits per second, sound included; 0 when unknown. */
  bandwidth: number;
  averageBandwidth: number | null;
  /** RFC 6381; empty when unknown. Text codecs are left out. */
  codecs: string[];
  /** Pixels. */
  width: number | null;
  height: number | null;
  /** Frames per second. */
  frameRate: number | null;
  videoRange: 'SDR' | 'HLG' | 'PQ' | null;
  /** Null when its sound is in its own segments, or it has none. */
  audioGroup: string | null;
  subtitleGroup: string | null;
  track: OriginTrack;
}

/** A choice of sound or subtitles. */
export interface OriginRendition {
  groupId: string;
  name: string;
  language: string | null;
  isDefault: boolean;
  isForced: boolean;
  channels: number | null;
  /** RFC 6381; empty when unknown. */
  codecs: string[];
  /** Null when its media is in the variants' own segments. */
  track: OriginTrack | null;
}

/** Where a track's list of segments comes from. */
export interface OriginTrack {
  /** The list as it is now, fetched. @throws `source_*`, `media_damaged`, `media_protected`, or the signal's reason. */
  load(signal: AbortSignal): Promise<OriginPlaylist>;
}

/** A list of segments: complete, or the window that a live stream has now. */
export interface OriginPlaylist {
  /** Nothing will be added any more. */
  hasEnded: boolean;
  /** `event`: segments are added, none is taken away. */
  type: 'vod' | 'event' | 'live';
  /** Number of the first segment. */
  firstSequence: number;
  /** Discontinuities before the first segment, for players that align renditions by it. */
  discontinuitySequence: number;
  targetDurationSeconds: number;
  segments: OriginSegment[];
}

export interface OriginSegment {
  resource: Resource;
  durationSeconds: number;
  /** What a decoder needs before it (fragmented MP4). */
  init: OriginInit | null;
  key: OriginKey | null;
  /** Timestamps or formats break before it. */
  isDiscontinuity: boolean;
  /** RFC 3339, of its first frame. */
  programDateTime: string | null;
  /** The origin has no media for it. */
  isGap: boolean;
}

export interface OriginInit {
  resource: Resource;
  key: OriginKey | null;
}

/** AES-128 in CBC mode with PKCS #7 padding, over the whole resource (RFC 8216 §4.3.2.4). */
export interface OriginKey {
  /** Where its 16 bytes are, or they themselves. */
  key: URL | Uint8Array;
  /** 16 bytes. */
  iv: Uint8Array;
}
