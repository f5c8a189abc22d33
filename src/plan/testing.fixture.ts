import type { AudioStream, MediaInfo, VideoStream } from '../probe/media-info.ts';
import type { Capabilities } from './types.ts';

/** Films, tracks and a client to plan for, with what a test is about in place of the usual. */

const base = {
  position: 0,
  streamIndex: 0,
  codec: 'x',
  profile: null,
  language: null,
  title: null,
  isDefault: false,
  isForced: false,
  startSeconds: 0,
  durationSeconds: null,
  bitRate: null,
};
export const film = (changes: Partial<MediaInfo>): MediaInfo => ({
  formats: ['matroska'],
  durationSeconds: 60,
  startSeconds: 0,
  bitRate: null,
  video: [],
  audio: [],
  subtitles: [],
  chapters: [],
  ...changes,
});
export const sound = (changes: Partial<AudioStream>): AudioStream => ({
  ...base,
  sampleRate: 48_000,
  channels: 2,
  channelLayout: null,
  ...changes,
});
export const picture = (changes: Partial<VideoStream>): VideoStream => ({
  ...base,
  width: 1920,
  height: 1080,
  frameRate: 24,
  baseFrameRate: 24,
  pixelFormat: 'yuv420p',
  bitDepth: 8,
  level: null,
  reorderDepth: 2,
  isInterlaced: false,
  rotationDegrees: 0,
  sampleAspectRatio: null,
  colorTransfer: null,
  hdr: null,
  ...changes,
});
export const client = (changes: Partial<Capabilities>): Capabilities => ({
  containers: [],
  video: [],
  audio: [],
  maxChannels: 2,
  maxHeight: 2160,
  hdr: false,
  ...changes,
});
