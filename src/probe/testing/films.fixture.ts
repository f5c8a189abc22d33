import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MemorySource } from '../../../test/support/memory-source.ts';
import { FfmpegTools } from '../../ffmpeg/tools.ts';

/** One second of picture and of sound, as ffmpeg's inputs. */
export const VIDEO = ['-f', 'lavfi', '-i', 'testsrc2=s=128x72:r=24:d=1'];
export const AUDIO = ['-f', 'lavfi', '-i', 'sine=d=1:r=48000'];
export const X264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-g', '24', '-bf', '2'];
/** Sound and picture of more than 3 MB, quickly made. */
export const LARGE = [
  ...['-f', 'lavfi', '-i', 'testsrc2=s=640x360:r=24:d=2,noise=alls=100:allf=t', ...AUDIO],
  ...['-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '10', '-c:a', 'aac'],
];

/** A folder of synthesised films, and the tools that make and read them. */
export class FilmFolder {
  readonly tools = new FfmpegTools();
  readonly path: string;
  readonly #ffmpeg: string;

  private constructor(path: string, ffmpeg: string) {
    this.path = path;
    this.#ffmpeg = ffmpeg;
  }

  static async create(): Promise<FilmFolder> {
    const finder = new FfmpegTools();
    const { ffmpeg } = await finder.binaries.resolve();
    await finder.stop();
    if ('missing' in ffmpeg) throw new Error(ffmpeg.missing);
    return new FilmFolder(await mkdtemp(join(tmpdir(), 'raffi-films-')), ffmpeg.path);
  }

  /** Makes a file with ffmpeg and gives it as a source. */
  async film(name: string, ...args: string[]): Promise<MemorySource> {
    const path = join(this.path, name);
    await promisify(execFile)(this.#ffmpeg, ['-v', 'error', '-y', ...args, path], { cwd: this.path });
    return new MemorySource(await this.bytes(name), { name });
  }

  bytes(name: string): Promise<Buffer<ArrayBuffer>> {
    return readFile(join(this.path, name));
  }

  async remove(): Promise<void> {
    await this.tools.stop();
    await rm(this.path, { recursive: true, force: true });
  }
}
