/** What ffprobe knows of a film, in our words. Plain data; times in seconds, rates in bits per second. */
export interface MediaInfo {
  /** ffprobe's format names, e.g. `['mov', 'mp4', …]` or `['matroska', 'webm']`. */
  formats: string[];
  durationSeconds: number | null;
  /** The container's first timestamp, before the film clock's origin is taken off. */
  startSeconds: number;
  bitRate: number | null;
  /** Real video streams in file order; cover art (`attached_pic`) is left out. */
  video: VideoStream[];
  audio: AudioStream[];
  subtitles: SubtitleStream[];
  chapters: Chapter[];
}

/**
 * Container time of film time 0: the first presented video frame. The container's start can be earlier: audio often begins some milliseconds
 * before (encoder priming in MKV), and chapter times are on the container's clock.
 */
export function originSecondsOf({
  video,
  audio,
  startSeconds,
}: Pick<MediaInfo, 'video' | 'audio' | 'startSeconds'>): number {
  return video[0]?.startSeconds ?? audio[0]?.startSeconds ?? startSeconds;
}

export interface StreamBase {
  /** Position among the streams of its own kind (cover art not counted): what the API calls the index. */
  position: number;
  /** ffprobe's stream index in the file. */
  streamIndex: number;
  /** In MPEG-TS: the packets' identifier. */
  pid?: number;
  /** ffprobe's codec name: `h264`, `hevc`, `aac`, `eac3`, … */
  codec: string;
  /** ffprobe's profile name, e.g. `High`, `Main 10`, `LC`; null when unknown. */
  profile: string | null;
  /** ISO 639 code as written in the file; null when absent or `und`. */
  language: string | null;
  title: string | null;
  isDefault: boolean;
  isForced: boolean;
  /** First timestamp in the container, seconds; null when unknown. */
  startSeconds: number | null;
  /** From the stream or its tags; null when unknown. */
  durationSeconds: number | null;
  bitRate: number | null;
}

export interface VideoStream extends StreamBase {
  width: number;
  height: number;
  /** Frames per second: the average; null when unknown. */
  frameRate: number | null;
  /** Least common multiple of all frame rates (`r_frame_rate`): its inverse is a lower bound of frame durations. */
  baseFrameRate: number | null;
  pixelFormat: string | null;
  bitDepth: number;
  /** ffprobe's numeric level, e.g. 40 for H.264 level 4.0, 120 for HEVC 4.0; null when unknown. */
  level: number | null;
  /** Frames of reordering (`has_b_frames`): how many frames decode order may run ahead of presentation order. */
  reorderDepth: number;
  isInterlaced: boolean;
  /** Clockwise, degrees: 0, 90, 180 or 270. */
  rotationDegrees: number;
  sampleAspectRatio: string | null;
  colorTransfer: string | null;
  hdr: 'hdr10' | 'hlg' | 'dolby-vision' | null;
}

export interface AudioStream extends StreamBase {
  sampleRate: number;
  channels: number;
  channelLayout: string | null;
}

export interface SubtitleStream extends StreamBase {
  isText: boolean;
}

/** On the film clock. */
export interface Chapter {
  startSeconds: number;
  endSeconds: number;
  title: string;
}
