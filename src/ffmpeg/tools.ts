import { RaffiError } from '../errors.ts';
import type { ProbeTools } from '../probe/ffprobe.ts';
import { Binaries, type BinariesOptions } from './binaries.ts';
import { ChildProcesses } from './child.ts';
import { LoopbackServer } from './loopback.ts';

/** One core's ffmpeg and ffprobe: where they are, the processes under way, and the server these read from. `stop()` ends it all. */
export class FfmpegTools implements ProbeTools {
  readonly children = new ChildProcesses();
  readonly loopback = new LoopbackServer();
  readonly binaries: Binaries;
  readonly run = this.children.run.bind(this.children);
  readonly expose = this.loopback.expose.bind(this.loopback);

  constructor(options: Omit<BinariesOptions, 'children'> = {}) {
    this.binaries = new Binaries({ ...options, children: this.children });
  }

  /** ffmpeg's path. @throws `ffmpeg_missing` with what to install. */
  async ffmpeg(signal?: AbortSignal): Promise<string> {
    const { ffmpeg } = await this.binaries.resolve(signal);
    if ('missing' in ffmpeg) throw new RaffiError('ffmpeg_missing', ffmpeg.missing);
    return ffmpeg.path;
  }

  async ffprobe(signal?: AbortSignal): Promise<string> {
    const { ffprobe } = await this.binaries.resolve(signal);
    if ('missing' in ffprobe) throw new RaffiError('ffprobe_missing', ffprobe.missing);
    return ffprobe.path;
  }

  /** Ends and reaps every process, then frees the port. Idempotent. */
  async stop(): Promise<void> {
    await Promise.all([this.children.stop(), this.loopback.close()]);
  }
}
