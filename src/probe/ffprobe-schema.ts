import { z } from 'zod';

/**
 * ffprobe's JSON, as far as we read it: a trust boundary, since names, tags and numbers in it are the film author's. Unknown members
 * are dropped; a known member of another type is refused. ffprobe leaves out what it does not know, and writes most
 * numbers as strings.
 */
const text = z.string().max(100_000);
const number = z.number();

/** Decimal in a string; null when it is not finite (`N/A`). */
const decimal = text.transform((value) => {
  const parsed = value.trim() === '' ? Number.NaN : Number(value);
  return Number.isFinite(parsed) ? parsed : null;
});

/** `24000/1001`; null for `0/0`. */
const fraction = text.transform((value) => {
  const [numerator = Number.NaN, denominator = 1] = value.split('/').map(Number);
  const quotient = numerator / denominator;
  return Number.isFinite(quotient) && quotient > 0 ? quotient : null;
});

/** Tag names differ in case between containers. */
const tags = z
  .record(z.string(), text)
  .transform((record) => new Map(Object.entries(record).map(([name, value]) => [name.toLowerCase(), value])));

const sideData = z.object({ side_data_type: text.optional(), rotation: number.optional() });

const stream = z.object({
  index: number,
  id: text.optional(),
  codec_type: text.optional(),
  codec_name: text.optional(),
  codec_tag_string: text.optional(),
  profile: text.optional(),
  width: number.optional(),
  height: number.optional(),
  has_b_frames: number.optional(),
  level: number.optional(),
  pix_fmt: text.optional(),
  field_order: text.optional(),
  color_transfer: text.optional(),
  sample_aspect_ratio: text.optional(),
  bits_per_raw_sample: decimal.optional(),
  r_frame_rate: fraction.optional(),
  avg_frame_rate: fraction.optional(),
  sample_rate: decimal.optional(),
  channels: number.optional(),
  channel_layout: text.optional(),
  start_time: decimal.optional(),
  duration: decimal.optional(),
  bit_rate: decimal.optional(),
  nb_frames: decimal.optional(),
  disposition: z.record(z.string(), number).optional(),
  tags: tags.optional(),
  side_data_list: z.array(sideData).optional(),
});

const chapter = z.object({ start_time: decimal, end_time: decimal.optional(), tags: tags.optional() });

const format = z.object({
  format_name: text,
  start_time: decimal.optional(),
  duration: decimal.optional(),
  size: decimal.optional(),
  bit_rate: decimal.optional(),
});

export const ffprobeOutput = z.object({
  streams: z.array(stream).default([]),
  chapters: z.array(chapter).default([]),
  format,
});

export type FfprobeOutput = z.output<typeof ffprobeOutput>;
export type FfprobeStream = FfprobeOutput['streams'][number];
