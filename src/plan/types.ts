import type { X264Preset } from './encoder-limits.ts';
import type { H264Level } from './h264-level.ts';

/**
 * The planner's vocabulary. Film time: seconds since the film's first presented frame (invariant 1), so the container's own
 * timestamps minus `originSeconds`.
 */

/** What a container's own index tells, read in a few small range reads. */
export interface ContainerIndex {
  /** `unindexed`: estimated, see `estimateIndex`; its keyframes are none. */
  container: 'matroska' | 'mp4' | 'unindexed';
  /** Container timestamp of the first presented video frame (of the first audio packet when there is no video), seconds. */
  originSeconds: number;
  /** Film time at which the last presented video frame ends; null without video. */
  videoEndSeconds: number | null;
  /** Film time at which everything has ended (the longest track). */
  durationSeconds: number;
  /** The video's random access points (of audio when there is no video) in ascending film time; the first is at 0. */
  keyframes: Keyframe[];
  /** Absolute offset at which the last media byte is past: the index behind it, or the end of the file. */
  mediaEndOffset: number;
  /** Bytes from which the next cold seek would read nothing but media: to be pinned. */
  indexRanges: { start: number; end: number }[];
}

export interface Keyframe {
  /** Film time of presentation, seconds. */
  timeSeconds: number;
  /** Absolute offset where reading for this keyframe begins (MKV: its cluster; MP4: its sample). */
  offset: number;
}

export interface Segment {
  /** Position in the plan, from 0. */
  index: number;
  /** Film time, half-open `[start, end)`. Cuts lie on keyframes of the video. */
  startSeconds: number;
  endSeconds: number;
  /** Bytes that hold the segment (approximately, for prefetch): `[startOffset, endOffset)`. */
  startOffset: number;
  endOffset: number;
}

export interface SegmentPlan {
  segments: readonly Segment[];
  /** Whole seconds; no rounded EXTINF is above it (RFC 8216 §4.3.3.1). */
  targetDurationSeconds: number;
  durationSeconds: number;
  /** Film time of the last video frame's end: what the video rendition's last EXTINF is cut to; null without video. */
  videoEndSeconds: number | null;
}

/** What the player measured that it can decode; see the contract. Absent: H.264 8-bit + AAC, the documented baseline. */
export interface Capabilities {
  /** MIME types `<video>` plays by itself, e.g. `video/mp4`, `video/webm`. */
  containers: string[];
  /** RFC 6381 codec strings that were tried and found playable; matched by family, profile and level. */
  video: string[];
  audio: string[];
  maxChannels: number;
  /** Pixels. */
  maxHeight: number;
  hdr: boolean;
}

/** How segments reach the player: MPEG-TS for `/stream`, fragmented MP4 for `master.m3u8`. */
export type Delivery = 'mpegts' | 'cmaf';

export interface TrackDecision {
  kind: 'video' | 'audio';
  /** Position among the tracks of its kind. */
  position: number;
  codec: string;
  action: 'copy' | 'transcode';
  /** One sentence for a person: "E-AC-3 is not playable by this client". */
  reason: string;
}

/** What an encoder is to make of a sound track. AAC-LC: every player of HLS decodes it. */
export interface AudioTarget {
  codec: 'aac';
  sampleRate: number;
  channels: 1 | 2 | 6;
  /** Bits per second. */
  bitRate: number;
}

/** What an encoder is to make of a picture: H.264 High, 8-bit 4:2:0, square pixels, upright, progressive. */
export interface VideoTarget {
  codec: 'h264';
  width: number;
  height: number;
  level: H264Level;
  /** Peak, bits per second. */
  maxBitRate: number;
  /** What lets this machine keep up; for x264 alone. */
  preset: X264Preset;
  deinterlace: boolean;
  /** From PQ or HLG to BT.709. */
  toneMap: boolean;
}

export type EncodeTarget = AudioTarget | VideoTarget;

/** A smaller picture of the same film, cut at the same times. */
export interface Rung {
  /** Its rendition's name: `v720` for what fits into 1280×720. */
  rendition: `v${number}`;
  target: VideoTarget;
}

export interface PlaybackDecision {
  delivery: Delivery;
  /** Null when the film has no video. `target`: what a track that is not copied becomes. */
  video: (TrackDecision & { target?: VideoTarget }) | null;
  audio: (TrackDecision & { target?: AudioTarget })[];
  /** The quality ladder below the video, largest first; each rung is encoded while somebody asks for it. Absent: none. */
  rungs?: readonly Rung[];
}

/** Whether `<video src>` can play the source as it is. */
export interface DirectDecision {
  playable: boolean;
  reason: string;
}
