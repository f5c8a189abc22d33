import type { FfprobeStream } from './ffprobe-schema.ts';
import type { VideoStream } from './media-info.ts';

/** Bits per colour component: what the stream says, else what its pixel format's name says (`yuv420p10le`, `p010le`), else 8. */
export function bitDepth({ bits_per_raw_sample: raw, pix_fmt = '' }: FfprobeStream): number {
  if (raw && raw > 0) return raw;
  const planar = /(?:p|gray|ya)(9|10|12|14|16)(?:le|be)?$/.exec(pix_fmt);
  const packed = /^[py][024]([01]\d)(?:le|be)?$/.exec(pix_fmt) ?? /^(?:x2rgb|x2bgr|xv3)(10|0)/.exec(pix_fmt);
  const bits = Number((planar ?? packed)?.[1] ?? 8);
  return bits || 10;
}

/**
 * Dolby Vision first: its stream is tagged PQ or HLG too, but not every profile can be shown as such.
 * SMPTE ST 2084 is PQ, ARIB STD-B67 is HLG.
 */
export function hdrKind(stream: FfprobeStream): VideoStream['hdr'] {
  const hasDolbyConfiguration = stream.side_data_list?.some(({ side_data_type }) =>
    side_data_type?.startsWith('DOVI'),
  );
  const hasDolbyTag = /^(dvh1|dvhe|dva1|dvav|dav1)$/.test(stream.codec_tag_string ?? '');
  if (hasDolbyConfiguration || hasDolbyTag) return 'dolby-vision';
  if (stream.color_transfer === 'smpte2084') return 'hdr10';
  if (stream.color_transfer === 'arib-std-b67') return 'hlg';
  return null;
}

/**
 * How far the picture is to be turned clockwise. The display matrix tells it counter-clockwise; ffprobe before 5 also repeats it as
 * the clockwise tag `rotate`. To the nearest quarter turn, which is all a player can do.
 */
export function rotationDegrees({ side_data_list, tags }: FfprobeStream): number {
  const matrix = side_data_list?.find(({ rotation }) => rotation !== undefined)?.rotation;
  const clockwise = matrix === undefined ? Number(tags?.get('rotate') ?? 0) : -matrix;
  if (!Number.isFinite(clockwise)) return 0;
  return (((Math.round(clockwise / 90) % 4) + 4) % 4) * 90;
}
