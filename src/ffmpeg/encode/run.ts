import type { Readable } from 'node:stream';
import { RaffiError } from '../../errors.ts';
import type { Packet } from '../../remux/packet.ts';
import type { ChildExit } from '../child.ts';
import { readOutput, type SourceProcess, type SourceProcessTools } from '../source-process.ts';
import { OUTPUT_OFFSET_SECONDS } from './arguments.ts';
import { type EncodedHeader, FragmentParser } from './fragment-parser.ts';
import { killed } from './killed.ts';

/**
 * One ffmpeg process that encodes a track, as a stream of its packets in decode order. Not asked for the next packet, it waits: its pipe is full.
 * `onHeader` is called once, before the first packet.
 *
 * The process ends with the iteration: when it is left, when `signal` fires, or at the end of the film.
 *
 * @throws `encoder_failed` with ffmpeg's last words or as `isKilled` knows it, the source's own `source_*` error, `ffmpeg_missing`, or the signal's reason.
 */
export function encode(
  tools: SourceProcessTools,
  spec: SourceProcess,
  onHeader: (header: EncodedHeader) => void,
  signal: AbortSignal,
): AsyncGenerator<Packet, void, void> {
  const read = (stdout: Readable) => packetsOf(stdout, onHeader);
  return readOutput(tools, spec, { read, checkExit }, signal);
}

function checkExit({ exitCode, signalCode, stderr }: ChildExit): void {
  if (signalCode === 'SIGKILL') throw killed();
  if (exitCode !== 0) throw failed(lastWords(stderr));
}

async function* packetsOf(
  stdout: Readable,
  onHeader: (header: EncodedHeader) => void,
): AsyncGenerator<Packet, void, void> {
  const parser = new FragmentParser(OUTPUT_OFFSET_SECONDS);
  let announced = false;
  try {
    for await (const chunk of stdout) {
      const packets = parser.push(chunk as Buffer);
      if (parser.header && !announced) {
        announced = true;
        onHeader(parser.header);
      }
      yield* packets;
    }
  } catch (error) {
    if (error instanceof RangeError) throw failed(error.message, error);
    // A pipe that breaks is explained by how the process ended.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}

/** The last lines of ffmpeg's own complaint, without the addresses it was given. */
function lastWords(stderr: string): string {
  const lines = stderr
    .replaceAll(/https?:\/\/\S+/g, 'the film')
    .trim()
    .split('\n');
  return lines.slice(-2).join(' ').trim() || 'It gave no reason.';
}

function failed(words: string, cause?: unknown): RaffiError {
  return new RaffiError(
    'encoder_failed',
    `The film could not be converted while playing. ffmpeg says: ${words}`,
    {
      cause,
    },
  );
}
