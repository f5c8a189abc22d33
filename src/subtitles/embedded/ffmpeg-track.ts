import type { Readable } from 'node:stream';
import { RaffiError } from '../../errors.ts';
import type { ChildExit } from '../../ffmpeg/child.ts';
import { readOutput, type SourceProcessTools } from '../../ffmpeg/source-process.ts';
import { DEMUXERS, MAX_ALLOCATION_BYTES } from '../../probe/ffprobe-arguments.ts';
import type { ByteSource } from '../../source/byte-source.ts';
import { type Cue, isWithin, type TimeWindow } from '../cue.ts';
import { parseCueBlock } from '../webvtt/parse-webvtt.ts';
import { type CueReader, TextBudget, UNKNOWN_DURATION_SECONDS } from './cue-reader.ts';
import { withSignsOfLife } from './signs-of-life.ts';

/** A block of WebVTT longer than this is none. */
const MAX_BLOCK_CHARS = 64 * 1024;
/** So far before a window reading begins: containers that get here have no better idea of where a line lies. */
const LOOK_BACK_SECONDS = 10;

/** Long stretches of film have no line. Shorter than any wait is bounded by. */
const SIGN_OF_LIFE_MS = 3_000;

export interface FfmpegTrack {
  source: ByteSource;
  /** ffprobe's stream index. */
  streamIndex: number;
  /** Container time of film time 0, seconds. */
  originSeconds: number;
  tools: SourceProcessTools;
}

/** Any text track that ffmpeg turns into WebVTT: one process reads the film through the shared cache, from the window on to its end. */
export class FfmpegTrackReader implements CueReader {
  readonly #track: FfmpegTrack;

  constructor(track: FfmpegTrack) {
    this.#track = track;
  }

  async *cues(window: TimeWindow, signal: AbortSignal): AsyncGenerator<readonly Cue[], void, void> {
    const { source, tools } = this.#track;
    const spec = { source, arguments: (url: string) => this.#arguments(url, window) };
    const progress = () => source.stats().servedBytes;
    const read = (stdout: Readable) => withSignsOfLife(this.#onFilm(stdout), progress, SIGN_OF_LIFE_MS);
    for await (const cue of readOutput(tools, spec, { read, checkExit }, signal)) {
      if (cue && cue.startSeconds >= window.toSeconds) return;
      yield cue && isWithin(cue, window) ? [cue] : [];
    }
  }

  async *#onFilm(output: Readable): AsyncGenerator<Cue, void, void> {
    const offsetSeconds = SHIFT_SECONDS + this.#track.originSeconds;
    const budget = new TextBudget();
    for await (const cue of untilTheNext(cuesIn(output))) {
      budget.spendLine(cue.text.length);
      const startSeconds = cue.startSeconds - offsetSeconds;
      yield { ...cue, startSeconds, endSeconds: cue.endSeconds - offsetSeconds };
    }
  }

  #arguments(url: string, { fromSeconds }: TimeWindow): string[] {
    const { originSeconds, streamIndex } = this.#track;
    const start = fromSeconds - LOOK_BACK_SECONDS;
    return [
      ...['-hide_banner', '-v', 'error', '-nostdin', '-max_alloc', String(MAX_ALLOCATION_BYTES)],
      ...['-protocol_whitelist', 'http,tcp', '-format_whitelist', DEMUXERS],
      ...['-copyts', '-noaccurate_seek', '-seek_timestamp', '1'],
      ...(start > 0 ? ['-ss', (start + originSeconds).toFixed(6)] : []),
      ...['-i', url, '-map', `0:${streamIndex}`, '-c:s', 'webvtt'],
      // One line at a time: whoever waits for the first gets it before the film is read to its end.
      ...['-output_ts_offset', String(SHIFT_SECONDS), '-flush_packets', '1', '-f', 'webvtt', 'pipe:1'],
    ];
  }
}

/** WebVTT has no times before 0, but containers have: all are written so much later. */
const SHIFT_SECONDS = 100;

/** Lines of which nobody says when they end (libavformat of fragmented MP4) are shown until the next one, but not for ever. */
async function* untilTheNext(cues: AsyncIterable<Cue>): AsyncGenerator<Cue, void, void> {
  let held: Cue | null = null;
  for await (const cue of cues) {
    if (held) yield { ...held, endSeconds: Math.min(held.endSeconds, cue.startSeconds) };
    held = null;
    if (cue.endSeconds > cue.startSeconds) yield cue;
    else held = { ...cue, endSeconds: cue.startSeconds + UNKNOWN_DURATION_SECONDS };
  }
  if (held) yield held;
}

async function* cuesIn(output: Readable): AsyncGenerator<Cue, void, void> {
  for await (const block of blocksOf(output)) {
    const cue = parseCueBlock(block);
    if (cue) yield cue;
  }
}

async function* blocksOf(output: Readable): AsyncGenerator<string[], void, void> {
  let rest = '';
  for await (const piece of output.setEncoding('utf8') as AsyncIterable<string>) {
    rest += piece;
    const blocks = rest.split('\n\n');
    rest = blocks.pop() ?? '';
    if (rest.length > MAX_BLOCK_CHARS) throw unreadable('a line without end');
    for (const block of blocks) yield block.split('\n').filter((line) => line !== '');
  }
  yield rest.split('\n').filter((line) => line !== '');
}

function checkExit({ exitCode, stderr }: ChildExit): void {
  if (exitCode !== 0) throw unreadable(stderr);
}

function unreadable(cause: string): RaffiError {
  return new RaffiError(
    'media_damaged',
    'The subtitles of this film cannot be read. Try another track, or add a subtitle file.',
    { cause },
  );
}
