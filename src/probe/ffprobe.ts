import { RaffiError } from '../errors.ts';
import type { ByteSource } from '../source/byte-source.ts';
import { ffprobeArguments, likelyLimits, type ProbeLimits, UNDECLARED } from './ffprobe-arguments.ts';
import { ffprobeFailure, notMedia } from './ffprobe-failure.ts';
import { ffprobeOutput } from './ffprobe-schema.ts';
import type { MediaInfo } from './media-info.ts';
import { isComplete, toMediaInfo } from './media-mapping.ts';

/** What a probe needs of `ffmpeg/`, which lies above: handed in, so that imports point downwards. */
export interface ProbeTools {
  /** ffprobe's path. @throws `ffprobe_missing` with what to install. */
  ffprobe(signal: AbortSignal): Promise<string>;
  /** Runs a program to its end and reaps it. */
  run(
    path: string,
    args: readonly string[],
    options: { signal: AbortSignal; timeoutMs: number; maxStdoutBytes: number },
  ): Promise<{
    exitCode: number | null;
    stdout: string;
    stderr: string;
    timedOut: boolean;
    overflowed: boolean;
  }>;
  /** Makes a source readable by our own processes, under a URL of their own. */
  expose(
    source: ByteSource,
    options: { windowBytes: number },
  ): Promise<{ readonly url: string; readonly failure: RaffiError | undefined; revoke(): Promise<void> }>;
}

/**
 * What ffprobe gets at a time. Measured on films of 8 Mb/s: 0.1–0.7 MB fetched in all, against 4–8 MB with no windows; smaller
 * windows save next to nothing more.
 */
const WINDOW_BYTES = 128 * 1024;
const TIMEOUT_MS = 15_000;
/** Chapters and tags of a large box set are some 100 KB. */
const MAX_OUTPUT_BYTES = 8 * 1024 * 1024;

/**
 * Examines a source with one ffprobe process, which reads it through the loopback server and the range cache. A second, more patient one
 * runs only when the file turns out to be other than its name says.
 *
 * @throws the source's own `source_*` error; `not_media`; `media_damaged`; `ffprobe_missing`; `probe_failed`; the signal's reason.
 */
export async function probeWithFfprobe(
  source: ByteSource,
  tools: ProbeTools,
  signal: AbortSignal,
): Promise<MediaInfo> {
  const [path, info] = await Promise.all([tools.ffprobe(signal), source.open(signal)]);
  if (info.sizeBytes === 0) throw notMedia(new Uint8Array());
  const exposed = await tools.expose(source, { windowBytes: WINDOW_BYTES });
  const run = async (limits: ProbeLimits): Promise<MediaInfo> => {
    const options = { signal, timeoutMs: TIMEOUT_MS, maxStdoutBytes: MAX_OUTPUT_BYTES };
    const result = await tools.run(path, ffprobeArguments(exposed.url, limits), options).catch((cause) => {
      if (signal.aborted || cause instanceof RaffiError) throw cause;
      throw unreadable('ffprobe cannot be started', cause);
    });
    if (exposed.failure) throw exposed.failure;
    if (result.timedOut) {
      // A probe computes next to nothing: when it takes so long, it waits for bytes.
      throw new RaffiError(
        'source_timeout',
        `The source sent too little within ${TIMEOUT_MS / 1000} s to examine the film. Try again, or use another source.`,
      );
    }
    if (result.exitCode === null && !result.overflowed) throw unreadable('ffprobe crashed');
    if (result.overflowed) throw unreadable('its description is too large');
    if (result.exitCode !== 0) throw ffprobeFailure(result.stderr, await source.read(0, 512, signal));
    return parseOutput(result.stdout);
  };
  try {
    const limits = likelyLimits(info);
    const first = await run(limits);
    const media = isComplete(first) || limits === UNDECLARED ? first : await run(UNDECLARED);
    if (media.video.length + media.audio.length === 0) throw notMedia(await source.read(0, 512, signal));
    return media;
  } finally {
    await exposed.revoke();
  }
}

/** @throws `probe_failed` when it is not what ffprobe writes. */
export function parseOutput(stdout: string): MediaInfo {
  let json: unknown;
  try {
    json = JSON.parse(stdout);
  } catch (cause) {
    throw unreadable('ffprobe’s answer is not JSON', cause);
  }
  const parsed = ffprobeOutput.safeParse(json);
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.join('.') ?? '';
    throw unreadable(`ffprobe’s answer is not understood (${where})`, parsed.error);
  }
  return toMediaInfo(parsed.data);
}

function unreadable(why: string, cause?: unknown): RaffiError {
  return new RaffiError('probe_failed', `The film could not be examined: ${why}.`, { cause });
}
