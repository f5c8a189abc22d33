import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { planSegments } from '../../plan/segments.ts';
import type { ContainerIndex, SegmentPlan } from '../../plan/types.ts';
import { readContainerIndex } from '../../probe/container-index/container-index.ts';
import { parseOutput } from '../../probe/ffprobe.ts';
import type { MediaInfo } from '../../probe/media-info.ts';
import type { ByteSource } from '../../source/byte-source.ts';
import type { ByteParts } from '../byte-parts.ts';
import { openPacketReader } from '../open-reader.ts';
import type { PacketReader } from '../packet.ts';

const run = promisify(execFile);

/** A folder of test films; `close` removes it. */
export class FilmFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async open(): Promise<FilmFolder> {
    return new FilmFolder(await mkdtemp(join(tmpdir(), 'raffi-remux-')));
  }

  /** Runs ffmpeg; the last argument names a file of the folder. */
  async make(...args: string[]): Promise<string> {
    const file = join(this.path, args.at(-1) ?? 'film');
    await run('ffmpeg', ['-v', 'error', '-y', '-fflags', '+bitexact', ...args.slice(0, -1), file]);
    return file;
  }

  async write(name: string, bytes: Uint8Array): Promise<string> {
    const file = join(this.path, name);
    await writeFile(file, bytes);
    return file;
  }

  close(): Promise<void> {
    return rm(this.path, { recursive: true, force: true });
  }
}

/** A segment's fragments as one. */
export async function joined(fragments: AsyncIterable<ByteParts>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const fragment of fragments) parts.push(...fragment);
  return Buffer.concat(parts);
}

/** The inputs most films share: a moving picture and a tone. */
export function synthetic(seconds: number, rate = '24', size = '320x180'): string[] {
  return [
    ...['-f', 'lavfi', '-i', `testsrc2=s=${size}:r=${rate}:d=${seconds}`],
    ...['-f', 'lavfi', '-i', `sine=f=440:r=48000:d=${seconds}`],
  ];
}

/** A file in memory as a source, in pieces as a network would bring them. Remembers what was asked for. */
export function memorySource(
  bytes: Uint8Array,
  pieceBytes = 64 << 10,
): ByteSource & { reads: [number, number][] } {
  const reads: [number, number][] = [];
  const stats = { requests: 0, fetchedBytes: 0, cachedBytes: 0, servedBytes: 0, retries: 0 };
  return {
    reads,
    open: async () => ({ sizeBytes: bytes.length, name: 'film', contentType: null }),
    async read(start, end, signal) {
      signal?.throwIfAborted();
      reads.push([start, Math.min(end, bytes.length)]);
      return bytes.subarray(start, end);
    },
    async *stream(start, end, signal) {
      const limit = Math.min(end, bytes.length);
      for (let at = start; at < limit; at += pieceBytes) {
        signal?.throwIfAborted();
        const piece = bytes.subarray(at, Math.min(at + pieceBytes, limit));
        reads.push([at, at + piece.length]);
        yield piece;
      }
    },
    prefetch() {},
    pin() {},
    stats: () => stats,
    close: async () => {},
  };
}

export interface OpenFilm {
  file: string;
  bytes: Uint8Array;
  source: ReturnType<typeof memorySource>;
  index: ContainerIndex;
  plan: SegmentPlan;
  media: MediaInfo;
  reader: PacketReader;
}

export async function openFilm(file: string): Promise<OpenFilm> {
  const bytes = await readFile(file);
  const source = memorySource(bytes);
  const [media, index] = await Promise.all([probe(file), readContainerIndex(source)]);
  const reader = await openPacketReader(source, index);
  return { file, bytes, source, index, plan: planSegments(index, media), media, reader };
}

export async function probe(file: string): Promise<MediaInfo> {
  const { stdout } = await run('ffprobe', [
    '-v',
    'error',
    '-of',
    'json',
    '-show_format',
    '-show_streams',
    file,
  ]);
  return parseOutput(stdout);
}

export interface ProbedPacket {
  stream: number;
  pts: number;
  dts: number;
  isKey: boolean;
}

export async function probePackets(file: string): Promise<ProbedPacket[]> {
  const { stdout } = await run(
    'ffprobe',
    ['-v', 'error', '-of', 'json', '-show_entries', 'packet=stream_index,pts_time,dts_time,flags', file],
    { maxBuffer: 64 << 20 },
  );
  const { packets } = JSON.parse(stdout) as { packets: Record<string, string>[] };
  return packets.map((packet) => ({
    stream: Number(packet.stream_index),
    pts: Number(packet.pts_time),
    dts: Number(packet.dts_time),
    isKey: packet.flags?.startsWith('K') ?? false,
  }));
}

/** What ffmpeg complains of when it decodes the file. */
export async function decodeErrors(file: string): Promise<string> {
  const { stderr } = await run('ffmpeg', ['-v', 'error', '-i', file, '-f', 'null', '-']);
  return stderr;
}

/** MD5 of every decoded picture in presentation order. */
export async function pictureHashes(file: string): Promise<string[]> {
  const { stdout } = await run(
    'ffmpeg',
    ['-v', 'error', '-i', file, '-map', '0:v:0', '-fps_mode', 'passthrough', '-f', 'framemd5', '-'],
    { maxBuffer: 64 << 20 },
  );
  return stdout
    .split('\n')
    .filter((line) => line && !line.startsWith('#'))
    .map((line) => line.split(',').at(-1)?.trim() ?? '');
}

/** MD5 of every packet of a stream (`v:0`, `a:0` …) as it lies in the file. */
export async function packetHashes(file: string, stream: string): Promise<{ pts: number; hash: string }[]> {
  const { stdout } = await run(
    'ffmpeg',
    ['-v', 'error', '-i', file, '-map', `0:${stream}`, '-c', 'copy', '-copyts', '-f', 'framemd5', '-'],
    { maxBuffer: 64 << 20 },
  );
  const timeBase = /#tb 0: (\d+)\/(\d+)/.exec(stdout);
  const seconds = Number(timeBase?.[1]) / Number(timeBase?.[2]);
  return stdout
    .split('\n')
    .filter((line) => line && !line.startsWith('#'))
    .map((line) => line.split(',').map((field) => field.trim()))
    .map((fields) => ({ pts: Number(fields[2]) * seconds, hash: fields[5] ?? '' }));
}

/** Everything ffmpeg finds worth a warning when it reads and decodes the file. */
export async function decodeWarnings(file: string): Promise<string> {
  const { stderr } = await run('ffmpeg', ['-v', 'warning', '-i', file, '-map', '0', '-f', 'null', '-']);
  return stderr;
}
