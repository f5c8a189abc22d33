/**
 * ffprobe's and ffmpeg's word on a film or on bytes that we made: the yardstick of conformance tests. Times are the
 * container's own, in seconds; subtract `originSeconds` for film time.
 */
import { randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeFrameNumber } from './media/frame-code.ts';
import { ffmpeg, mustFfprobe, type ToolOptions, type ToolResult } from './tools.ts';

/** A path, or the bytes of a whole file (an init segment and its media segments joined, an MPEG-TS segment). */
export type Media = string | Uint8Array;

/** ffmpeg's stream specifier: `v:0`, `a:1` … */
export type Stream = `${'v' | 'a'}:${number}`;

export interface ReferencePacket {
  /** Null where the container has none. */
  ptsSeconds: number | null;
  dtsSeconds: number | null;
  durationSeconds: number;
  sizeBytes: number;
  isKey: boolean;
  /** Decoded but not shown: an edit list's pre-roll. */
  isDiscarded: boolean;
}

export interface ReferenceFrame {
  ptsSeconds: number;
  md5: string;
}

export interface NumberedFrame {
  ptsSeconds: number;
  /** The burned-in number; null when it cannot be read. */
  number: number | null;
}

/** What came of decoding: every frame shown, and every line of complaint. */
export interface Decoded<Frame> {
  frames: Frame[];
  errors: string[];
}

/** A stream's packets in file order (decode order). */
export async function packets(media: Media, stream: Stream): Promise<ReferencePacket[]> {
  const entries = 'packet=pts_time,dts_time,duration_time,size,flags';
  const answer = await probe<{ packets?: Record<string, string>[] }>(media, [
    ...['-select_streams', stream, '-show_packets', '-show_entries', entries],
  ]);
  return (answer.packets ?? []).map((packet) => ({
    ptsSeconds: numberOf(packet.pts_time),
    dtsSeconds: numberOf(packet.dts_time),
    durationSeconds: numberOf(packet.duration_time) ?? 0,
    sizeBytes: numberOf(packet.size) ?? 0,
    isKey: packet.flags?.includes('K') ?? false,
    isDiscarded: packet.flags?.includes('D') ?? false,
  }));
}

/** Presentation times of a video's keyframes, ascending. */
export async function keyframeTimes(media: Media, stream: Stream = 'v:0'): Promise<number[]> {
  const keys = (await packets(media, stream)).filter((packet) => packet.isKey);
  return keys.flatMap((packet) => packet.ptsSeconds ?? []).sort((a, b) => a - b);
}

/** Presentation times of the frames that are shown, in order, as the decoder gives them. */
export async function frameTimes(media: Media, stream: Stream = 'v:0'): Promise<number[]> {
  const answer = await probe<{ frames?: Record<string, string>[] }>(media, [
    ...['-select_streams', stream, '-show_frames', '-show_entries', 'frame=best_effort_timestamp_time'],
  ]);
  return (answer.frames ?? []).flatMap((frame) => numberOf(frame.best_effort_timestamp_time) ?? []);
}

/** The film clock's origin in the container's time: the first shown video frame, or the first audio packet. */
export async function originSeconds(media: Media): Promise<number> {
  const [first] = await frameTimes(media);
  if (first !== undefined) return first;
  const audio = await packets(media, 'a:0');
  return Math.min(...audio.flatMap((packet) => packet.ptsSeconds ?? []));
}

/** Any ffprobe question, answered in JSON. */
export function probe<Answer>(media: Media, args: readonly string[]): Promise<Answer> {
  return withFile(media, async (path) => {
    const out = await mustFfprobe(['-v', 'error', ...args, '-of', 'json', '-i', path]);
    return JSON.parse(out.toString()) as Answer;
  });
}

/**
 * Decodes a stream and hashes every shown frame: equal lists are equal pictures (or sound). Damage is reported in `errors`;
 * rejects only when there is no such stream.
 */
export async function decode(media: Media, stream: Stream = 'v:0'): Promise<Decoded<ReferenceFrame>> {
  return withFile(media, async (path) => {
    const run = await runOrComplain(['-copyts', '-i', path, ...asFrames(stream), 'pipe:1']);
    return { frames: parseHashes(run.stdout.toString()), errors: complaints(run) };
  });
}

/** Decodes a synthesised film's frames and reads their burned-in numbers; from a time on and so many, or all. */
export async function frameNumbers(
  media: Media,
  options: { fromSeconds?: number; count?: number } = {},
): Promise<Decoded<NumberedFrame>> {
  const [width, height] = [96, 54];
  const seek = options.fromSeconds === undefined ? [] : ['-ss', String(options.fromSeconds)];
  const limit = options.count === undefined ? [] : ['-frames:v', String(options.count)];
  return withFile(media, (path) =>
    withTemporary(async (hashes) => {
      const run = await runOrComplain([
        ...[...seek, '-noautorotate', '-copyts', '-i', path, ...asFrames('v:0'), ...limit, '-y', hashes],
        ...[
          '-map',
          '0:v:0',
          '-fps_mode',
          'passthrough',
          '-enc_time_base',
          '1:90000',
          ...limit,
          '-vf',
          `scale=${width}:${height}`,
        ],
        ...['-pix_fmt', 'rgba', '-f', 'rawvideo', 'pipe:1'],
      ]);
      const size = width * height * 4;
      const frames = parseHashes(await readFile(hashes, 'utf8')).map(({ ptsSeconds }, index) => {
        const pixels = run.stdout.subarray(index * size, (index + 1) * size);
        return { ptsSeconds, number: decodeFrameNumber(pixels, width, height) };
      });
      return { frames, errors: complaints(run) };
    }),
  );
}

/** The tone of a synthesised track, hertz, by counting zero crossings; null for silence. */
export async function toneOf(media: Media, stream: Stream = 'a:0'): Promise<number | null> {
  const rate = 16_000;
  return withFile(media, async (path) => {
    const args = [
      '-i',
      path,
      '-map',
      `0:${stream}`,
      '-ac',
      '1',
      '-ar',
      String(rate),
      '-f',
      's16le',
      'pipe:1',
    ];
    const { stdout } = await runOrComplain(args);
    const samples = new Int16Array(stdout.buffer, stdout.byteOffset, Math.floor(stdout.length / 2));
    // Quiet stretches (before a late start, codec priming) are no part of the tone.
    const loud = samples.filter((sample) => Math.abs(sample) > 200);
    if (loud.length < rate / 10) return null;
    const risings: number[] = [];
    for (let at = 1; at < samples.length; at++) {
      if ((samples[at - 1] ?? 0) < 0 && (samples[at] ?? 0) >= 0) risings.push(at);
    }
    const periods = risings.slice(1).map((at, index) => at - (risings[index] ?? 0));
    // A late start or a splice makes a false period: only those near the median count.
    const median = periods.toSorted((a, b) => a - b)[periods.length >> 1] ?? 0;
    const regular = periods.filter((period) => Math.abs(period - median) < median * 0.2);
    const meanPeriod = regular.reduce((sum, period) => sum + period, 0) / regular.length;
    return rate / meanPeriod;
  });
}

/** Output arguments: one hashed line per frame on a clock fine enough for every container. */
function asFrames(stream: Stream): string[] {
  const pass = stream.startsWith('v') ? ['-fps_mode', 'passthrough'] : [];
  return ['-map', `0:${stream}`, ...pass, '-enc_time_base', '1:90000', '-f', 'framemd5'];
}

function parseHashes(text: string): ReferenceFrame[] {
  const timeBase = /^#tb 0: (\d+)\/(\d+)/m.exec(text);
  const tick = timeBase ? Number(timeBase[1]) / Number(timeBase[2]) : 1 / 90_000;
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(',').map((field) => field.trim()))
    .map((fields) => ({ ptsSeconds: Number(fields[2]) * tick, md5: fields[5] ?? '' }));
}

async function runOrComplain(args: readonly string[], options?: ToolOptions): Promise<ToolResult> {
  const run = await ffmpeg(['-v', 'error', ...args], options);
  if (run.stderr.includes('matches no streams')) throw new Error(run.stderr);
  return run;
}

function complaints(run: ToolResult): string[] {
  const lines = run.stderr.split('\n').filter((line) => line.trim() !== '');
  return run.exitCode === 0 || lines.length > 0 ? lines : [`ffmpeg ended with ${run.exitCode}`];
}

function numberOf(text: string | undefined): number | null {
  const value = Number(text);
  return text === undefined || Number.isNaN(value) ? null : value;
}

/** Bytes go by a temporary file: a pipe cannot be sought in, and MP4 needs that. */
async function withFile<T>(media: Media, use: (path: string) => Promise<T>): Promise<T> {
  if (typeof media === 'string') return use(media);
  return withTemporary(async (path) => {
    await writeFile(path, media);
    return use(path);
  });
}

async function withTemporary<T>(use: (path: string) => Promise<T>): Promise<T> {
  const path = join(tmpdir(), `raffi-lab-${randomUUID()}`);
  try {
    return await use(path);
  } finally {
    await rm(path, { force: true });
  }
}
