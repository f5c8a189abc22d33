import type { FfprobeOutput, FfprobeStream } from './ffprobe-schema.ts';
import {
  type AudioStream,
  type Chapter,
  type MediaInfo,
  originSecondsOf,
  type StreamBase,
  type SubtitleStream,
  type VideoStream,
} from './media-info.ts';
import { bitDepth, hdrKind, rotationDegrees } from './picture.ts';

/** What ffprobe says, in our words. */
export function toMediaInfo(output: FfprobeOutput): MediaInfo {
  const { format } = output;
  const formats = format.format_name.split(',');
  const isPartial = formats.includes('mov') && wasSeenInPart(output);
  const hasPids = formats.includes('mpegts');
  const base = (stream: FfprobeStream, position: number) => ({
    ...streamBase(stream, position, isPartial),
    ...(hasPids ? packetId(stream) : {}),
  });
  const of = (type: string) => output.streams.filter((stream) => stream.codec_type === type);
  const pictures = of('video').filter((stream) => !isCoverArt(stream, formats));
  const hasDecodeTimesOnly = formats.includes('avi');
  const video = withoutUnmarkedArt(pictures)
    .map((stream, position) => toVideo(stream, base(stream, position)))
    .map((stream) => (hasDecodeTimesOnly ? shownLater(stream) : stream));
  const audio = of('audio').map((stream, position) => toAudio(stream, base(stream, position)));
  const subtitles = of('subtitle').map((stream, position) => toSubtitle(base(stream, position)));
  const startSeconds = format.start_time ?? 0;
  return {
    formats,
    durationSeconds: isPartial ? null : positive(format.duration),
    startSeconds,
    bitRate: isPartial ? null : positive(format.bit_rate),
    video,
    audio,
    subtitles,
    chapters: toChapters(output.chapters, originSecondsOf({ video, audio, startSeconds })),
  };
}

/** Whether every stream tells what is needed to decode it; if not, ffprobe stopped too early. */
export function isComplete({ video, audio }: MediaInfo): boolean {
  return (
    video.every(({ width, height, pixelFormat }) => width > 0 && height > 0 && pixelFormat !== null) &&
    audio.every(({ sampleRate, channels }) => sampleRate > 0 && channels > 0)
  );
}

/**
 * A fragmented MP4 without `sidx` shows ffprobe only its first fragment, whose length it reports as the film's. Then the streams'
 * rates explain just a part of the file's size over that length, where in any other MP4 they explain nearly all; but in a tiny
 * one, whose headers outweigh its media, only together with missing frame counts (fragments do not enter them).
 */
function wasSeenInPart({ format, streams }: FfprobeOutput): boolean {
  const { size, duration } = format;
  if (!size || !duration) return false;
  const rate = streams.reduce((sum, { bit_rate }) => sum + (bit_rate ?? 0), 0);
  const unexplainedBytes = size - (rate * duration) / 8;
  const isFragmented = streams.every(({ nb_frames }) => !nb_frames);
  return unexplainedBytes > 0.4 * size && (isFragmented || unexplainedBytes > 256 * 1024);
}

/** Cover art is a still picture that must never be taken for the film; some muxers forget to mark it. */
function isCoverArt({ disposition, codec_name = '' }: FfprobeStream, formats: string[]): boolean {
  if (disposition?.attached_pic === 1 || disposition?.still_image === 1) return true;
  const isMusic = formats.some((name) => ['mp3', 'flac', 'ogg', 'wav', 'aiff', 'ape'].includes(name));
  return isMusic && PICTURE_CODECS.has(codec_name);
}

const PICTURE_CODECS = new Set(['mjpeg', 'png', 'bmp', 'gif', 'webp']);

/** Matroska cannot mark a track as a picture: one beside a real video is art, wherever it stands; alone it is the film (`mainTrack`). */
function withoutUnmarkedArt(streams: FfprobeStream[]): FfprobeStream[] {
  const films = streams.filter(({ codec_name = '' }) => !PICTURE_CODECS.has(codec_name));
  return films.length > 0 ? films : streams;
}

function streamBase(stream: FfprobeStream, position: number, isPartial: boolean): StreamBase {
  const { tags, disposition } = stream;
  const language = tag(stream, 'language')?.toLowerCase();
  const measured = isPartial ? null : (positive(stream.duration) ?? clockSeconds(tag(stream, 'duration')));
  return {
    position,
    streamIndex: stream.index,
    codec: stream.codec_name ?? 'unknown',
    profile: stream.profile && stream.profile !== 'unknown' ? stream.profile : null,
    language: language && language !== 'und' ? language : null,
    title: tags?.get('title')?.trim() || null,
    isDefault: disposition?.default === 1,
    isForced: disposition?.forced === 1,
    startSeconds: stream.start_time ?? null,
    durationSeconds: measured,
    bitRate: positive(stream.bit_rate) ?? positive(Number(tag(stream, 'bps'))),
  };
}

/** ffprobe writes a stream's identifier in its container in hexadecimal. */
function packetId({ id = '' }: FfprobeStream): { pid?: number } {
  return /^0x[0-9a-f]{1,4}$/i.test(id) ? { pid: Number(id) } : {};
}

function toVideo(stream: FfprobeStream, base: StreamBase): VideoStream {
  const { level = -1, field_order = '' } = stream;
  return {
    ...base,
    width: stream.width ?? 0,
    height: stream.height ?? 0,
    frameRate: stream.avg_frame_rate ?? null,
    baseFrameRate: stream.r_frame_rate ?? null,
    pixelFormat: stream.pix_fmt && stream.pix_fmt !== 'unknown' ? stream.pix_fmt : null,
    bitDepth: bitDepth(stream),
    level: level > 0 ? level : null,
    reorderDepth: Math.max(0, stream.has_b_frames ?? 0),
    isInterlaced: ['tt', 'bb', 'tb', 'bt'].includes(field_order),
    rotationDegrees: rotationDegrees(stream),
    sampleAspectRatio: known(stream.sample_aspect_ratio, '0:1'),
    colorTransfer: known(stream.color_transfer, 'unknown'),
    hdr: hdrKind(stream),
  };
}

/**
 * A container that knows no presentation times: it tells when decoding begins, and the first picture is shown by as many frames later as the decoder
 * holds back to put pictures in order.
 */
function shownLater(stream: VideoStream): VideoStream {
  const { startSeconds, reorderDepth, frameRate } = stream;
  if (startSeconds === null || frameRate === null) return stream;
  return { ...stream, startSeconds: startSeconds + reorderDepth / frameRate };
}

function toAudio(stream: FfprobeStream, base: StreamBase): AudioStream {
  return {
    ...base,
    sampleRate: Math.max(0, stream.sample_rate ?? 0),
    channels: Math.max(0, stream.channels ?? 0),
    channelLayout: known(stream.channel_layout, 'unknown'),
  };
}

const TEXT_SUBTITLES = new Set(
  'subrip srt ass ssa webvtt mov_text text ttml microdvd subviewer subviewer1 sami realtext stl mpl2 jacosub pjs vplayer'.split(
    ' ',
  ),
);

function toSubtitle(base: StreamBase): SubtitleStream {
  return { ...base, isText: TEXT_SUBTITLES.has(base.codec) };
}

function toChapters(chapters: FfprobeOutput['chapters'], originSeconds: number): Chapter[] {
  const starts = chapters
    .filter(({ start_time }) => start_time !== null)
    .map(({ start_time, end_time, tags }) => ({
      startSeconds: Math.max(0, (start_time ?? 0) - originSeconds),
      endSeconds: (end_time ?? start_time ?? 0) - originSeconds,
      title: tags?.get('title')?.trim() ?? '',
    }))
    .filter(({ startSeconds, endSeconds }) => endSeconds >= startSeconds)
    .sort((a, b) => a.startSeconds - b.startSeconds);
  return starts.map((chapter, i) => ({ ...chapter, title: chapter.title || `Chapter ${i + 1}` }));
}

/** A statistics tag of a Matroska stream; mkvmerge names it with or without a language (`DURATION-eng`). */
function tag({ tags }: FfprobeStream, name: string): string | undefined {
  if (!tags) return undefined;
  const found = tags.get(name);
  if (found !== undefined) return found;
  for (const [key, value] of tags) if (key.startsWith(`${name}-`)) return value;
  return undefined;
}

/** `00:01:02.345000000` in seconds. */
function clockSeconds(clock: string | undefined): number | null {
  const match = /^(\d+):(\d\d):(\d\d(?:\.\d+)?)$/.exec(clock?.trim() ?? '');
  if (!match) return null;
  return positive(Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3]));
}

function positive(value: number | null | undefined): number | null {
  return value !== null && value !== undefined && Number.isFinite(value) && value > 0 ? value : null;
}

function known(value: string | undefined, unknown: string): string | null {
  return value && value !== unknown ? value : null;
}
