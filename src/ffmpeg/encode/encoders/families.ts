import type { VideoTarget } from '../../../plan/types.ts';
import { RATE_BUFFER_SECONDS } from '../../../plan/video-target.ts';

/** A kind of H.264 encoder: how ffmpeg is told to use it. */
export interface EncoderFamily {
  /** ffmpeg's name. */
  name: string;
  /** What people call it. */
  label: string;
  /** Systems that have it; null for every one. */
  platforms: readonly NodeJS.Platform[] | null;
  /** Before the input: which device. */
  device: readonly string[];
  /** At the end of the filters: the format it takes, and where. */
  format: string;
  /** Its quality and rate control. Keyframes at forced times only, and each of them an IDR: groups of pictures stand alone. */
  settings: (target: VideoTarget) => string[];
}

/**
 * Keyframes at the plan's cuts only, groups of pictures that stand alone, and a look ahead of five frames in place of ten: measured on 1080p, the first
 * second is there 90 ms sooner, at the same speed.
 */
export const X264_PARAMS = 'keyint=infinite:scenecut=0:open-gop=0:rc-lookahead=5:sync-lookahead=0';

/** The one that is always there and always right. */
export const X264: EncoderFamily = {
  name: 'libx264',
  label: 'x264',
  platforms: null,
  device: [],
  format: 'format=yuv420p',
  settings: (target) => [
    ...['-preset', target.preset, '-profile:v', 'high', '-level:v', (target.level / 10).toFixed(1)],
    ...['-crf', '21', ...peak(target)],
    // By itself it puts keyframes where the scene changes and every 250 frames.
    ...['-x264-params', X264_PARAMS],
  ],
};

/** Longer than any run: no keyframe but the forced ones. */
const NO_KEYFRAMES = ['-g', '1000000'];
/** No reordering: what hardware makes of it differs by driver, and it delays the first picture. */
const NO_B_FRAMES = ['-bf', '0'];

/** In the order in which they are tried. */
export const HARDWARE: readonly EncoderFamily[] = [
  {
    name: 'h264_videotoolbox',
    label: 'VideoToolbox',
    platforms: ['darwin'],
    device: [],
    format: 'format=nv12',
    settings: (target) => [
      ...['-profile:v', 'high', '-allow_sw', '0', '-realtime', '1', ...average(target), ...peak(target)],
      ...NO_B_FRAMES,
      ...NO_KEYFRAMES,
    ],
  },
  {
    name: 'h264_nvenc',
    label: 'NVENC',
    platforms: ['linux', 'win32'],
    device: [],
    format: 'format=yuv420p',
    settings: (target) => [
      ...['-profile:v', 'high', '-preset', 'p4', '-rc', 'vbr', '-cq', '23', '-b:v', '0', ...peak(target)],
      // A forced keyframe is otherwise an I-frame that later pictures may refer beyond.
      ...['-forced-idr', '1', '-no-scenecut', '1', ...NO_B_FRAMES, ...NO_KEYFRAMES],
    ],
  },
  {
    name: 'h264_qsv',
    label: 'Quick Sync',
    platforms: ['linux', 'win32'],
    device: [],
    format: 'format=nv12',
    settings: (target) => [
      ...['-profile:v', 'high', '-preset', 'veryfast', ...average(target), ...peak(target)],
      ...['-forced_idr', '1', '-async_depth', '1', ...NO_B_FRAMES, ...NO_KEYFRAMES],
    ],
  },
  {
    name: 'h264_amf',
    label: 'AMF',
    platforms: ['win32'],
    device: [],
    format: 'format=nv12',
    settings: (target) => [
      ...['-profile:v', 'high', '-quality', 'speed', '-rc', 'vbr_peak', ...average(target), ...peak(target)],
      ...['-forced_idr', '1', ...NO_B_FRAMES, ...NO_KEYFRAMES],
    ],
  },
  {
    name: 'h264_vaapi',
    label: 'VAAPI',
    platforms: ['linux'],
    device: ['-vaapi_device', '/dev/dri/renderD128'],
    format: 'format=nv12,hwupload',
    settings: (target) => [
      ...['-profile:v', 'high', '-rc_mode', 'VBR', ...average(target), ...peak(target)],
      ...['-idr_interval', '0', ...NO_B_FRAMES, ...NO_KEYFRAMES],
    ],
  },
  {
    name: 'h264_v4l2m2m',
    label: 'V4L2',
    platforms: ['linux'],
    device: [],
    format: 'format=yuv420p',
    settings: (target) => [...average(target), ...NO_KEYFRAMES],
  },
];

function peak({ maxBitRate }: VideoTarget): string[] {
  return ['-maxrate', String(maxBitRate), '-bufsize', String(RATE_BUFFER_SECONDS * maxBitRate)];
}

/** For those without a constant quality: what most scenes need at the peak's picture. */
function average({ maxBitRate }: VideoTarget): string[] {
  return ['-b:v', String(Math.round(0.6 * maxBitRate))];
}
