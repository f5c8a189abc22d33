import { randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ffmpeg } from '../lab/tools.ts';

/** A file to judge, by path or by its bytes, and which of its streams (`v:0`, `a:1`). */
export interface Subject {
  media: string | Uint8Array;
  streams: readonly string[];
  /** Its sound is AAC with ADTS headers, as in MPEG-TS: they are taken off before packets are hashed. */
  hasAdts?: boolean;
}

/** What ffmpeg makes of one stream: its packets as they lie there, and its frames as they are shown. */
export interface Measured {
  packets: MeasuredPacket[];
  frames: MeasuredFrame[];
}

/** In decode order. */
export interface MeasuredPacket {
  dtsSeconds: number;
  ptsSeconds: number;
  /** To the next packet's decode time. */
  durationSeconds: number;
  md5: string;
}

/** In presentation order. */
export interface MeasuredFrame {
  ptsSeconds: number;
  md5: string;
}

export interface Measurement {
  /** Every line of complaint; decoding in order has none. */
  errors: string[];
  /** In the order of the subjects and their streams. */
  streams: Measured[];
}

/** Processes at a time: more would only take turns on two processors. */
const CONCURRENCY = 2;
const waiting: (() => void)[] = [];
let running = 0;

/**
 * Decodes and lists streams of several files in one process. Each file has a demuxer and decoders of its own, so a segment
 * given here is decoded alone. Times are the container's own, seconds.
 *
 * @param options `scale`: pictures are made so small (`320:180`) before they are hashed, as hashing large ones takes longer than
 * decoding them; only where all streams are video
 */
export async function measure(
  subjects: readonly Subject[],
  options: { scale?: string } = {},
): Promise<Measurement> {
  if (running >= CONCURRENCY) await new Promise<void>((resolve) => waiting.push(resolve));
  running += 1;
  const temporary: string[] = [];
  const name = () => {
    const path = join(tmpdir(), `raffi-measure-${randomUUID()}`);
    temporary.push(path);
    return path;
  };
  try {
    const inputs: string[] = [];
    for (const { media } of subjects) {
      const path = typeof media === 'string' ? media : name();
      if (typeof media !== 'string') await writeFile(path, media);
      // One thread: a film of 20 s is not worth starting more.
      inputs.push('-threads', '1', '-noautorotate', '-i', path);
    }
    const streams = subjects.flatMap(({ streams, hasAdts }, input) =>
      streams.map((stream) => ({ map: `${input}:${stream}`, isAdts: hasAdts && stream.startsWith('a') })),
    );
    const maps = streams.flatMap(({ map }) => ['-map', map]);
    const bare = streams.flatMap(({ isAdts }, index) => (isAdts ? [`-bsf:${index}`, 'aac_adtstoasc'] : []));
    const listing = name();
    const result = await ffmpeg([
      ...['-v', 'error', '-copyts', ...inputs],
      ...(options.scale ? ['-vf', `scale=${options.scale}:flags=fast_bilinear`] : []),
      ...[...maps, '-fps_mode', 'passthrough', '-enc_time_base', '1:90000', '-f', 'framemd5', 'pipe:1'],
      ...[...maps, '-c', 'copy', '-copyinkf', ...bare, '-f', 'framemd5', listing],
    ]);
    const frames = linesOf(result.stdout.toString());
    const packets = linesOf(await readFile(listing, 'utf8').catch(() => ''));
    const errors = result.stderr.split('\n').filter((line) => line.trim() !== '');
    if (result.exitCode !== 0 && errors.length === 0) errors.push(`ffmpeg ended with ${result.exitCode}`);
    return {
      errors,
      streams: streams.map((_, index) => ({
        frames: frames.filter(({ stream }) => stream === index),
        packets: packets.filter(({ stream }) => stream === index),
      })),
    };
  } finally {
    await Promise.all(temporary.map((path) => rm(path, { force: true })));
    running -= 1;
    waiting.shift()?.();
  }
}

/** framemd5's lines: stream, dts, pts, duration, size, hash; each stream in ticks of its own. */
function linesOf(text: string) {
  const ticks = new Map<number, number>();
  const lines: (MeasuredPacket & { stream: number })[] = [];
  for (const line of text.split('\n')) {
    const tick = /^#tb (\d+): (\d+)\/(\d+)/.exec(line);
    if (tick) ticks.set(Number(tick[1]), Number(tick[2]) / Number(tick[3]));
    if (line === '' || line.startsWith('#')) continue;
    const [stream, dts, pts, duration, , md5 = ''] = line.split(',').map((field) => field.trim());
    const tickSeconds = ticks.get(Number(stream)) ?? Number.NaN;
    lines.push({
      stream: Number(stream),
      dtsSeconds: Number(dts) * tickSeconds,
      ptsSeconds: Number(pts) * tickSeconds,
      durationSeconds: Number(duration) * tickSeconds,
      md5,
    });
  }
  return lines;
}
