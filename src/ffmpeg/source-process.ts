import type { Readable } from 'node:stream';
import { isAbort } from '../errors.ts';
import type { ByteSource } from '../source/byte-source.ts';
import type { ChildExit } from './child.ts';
import type { FfmpegTools } from './tools.ts';

export type SourceProcessTools = Pick<FfmpegTools, 'ffmpeg' | 'children' | 'expose'>;

/** One ffmpeg process that reads a source. */
export interface SourceProcess {
  source: ByteSource;
  /** @param url where ffmpeg finds the source */
  arguments: (url: string) => string[] | Promise<string[]>;
}

/** What becomes of its output. */
export interface OutputReader<T> {
  read: (stdout: Readable) => AsyncIterable<T>;
  /** Throws where the process ended otherwise than at the end of its work. Not asked of one that was stopped. */
  checkExit: (exit: ChildExit) => void;
}

/**
 * What a reader makes of an ffmpeg process's output. Not asked for the next item, the process waits: its pipe is full. It ends with the iteration:
 * when that is left, when `signal` fires, or when it has nothing more to write.
 *
 * @throws what the reader does, the source's own `source_*` error, `ffmpeg_missing`, or the signal's reason
 */
export async function* readOutput<T>(
  tools: SourceProcessTools,
  spec: SourceProcess,
  { read, checkExit }: OutputReader<T>,
  signal: AbortSignal,
): AsyncGenerator<T, void, void> {
  const path = await tools.ffmpeg(signal);
  const exposed = await tools.expose(spec.source);
  try {
    const child = tools.children.start(path, await spec.arguments(exposed.url), { signal });
    try {
      yield* read(child.stdout);
    } finally {
      // Left in the middle, or by an error; a process that has closed its output is about to end by itself.
      if (!child.stdout.readableEnded) child.end();
      await child.ended.catch(() => {});
    }
    const exit = await child.ended;
    signal.throwIfAborted();
    if (exposed.failure && !isAbort(exposed.failure)) throw exposed.failure;
    checkExit(exit);
  } finally {
    await exposed.revoke();
  }
}
