import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { VideoTarget } from '../../../plan/types.ts';
import type { ChildProcesses, ChildResult } from '../../child.ts';
import { pictureArguments } from '../arguments.ts';
import { type EncoderFamily, X264 } from './families.ts';

/** What is encoded to prove an encoder: a second of 1080p, cut as a film is. */
const FRAMES = 24;
const KEYFRAMES = [0, 0.5];
const TARGET: VideoTarget = {
  codec: 'h264',
  width: 1920,
  height: 1080,
  level: 40,
  maxBitRate: 10_000_000,
  preset: 'veryfast',
  deinterlace: false,
  toneMap: false,
};
const PICTURE = `testsrc2=s=1920x1080:r=${FRAMES}:d=1`;
const CUTS = { startSeconds: 0, endSeconds: 1, keyframes: KEYFRAMES, frameSeconds: 1 / FRAMES };

/** A driver that hangs is as bad as one that fails. */
const TIMEOUT_MS = 20_000;
/** ffmpeg's listing of 24 pictures has some 8 KB. */
const LISTING_BYTES = 64 * 1024;
/** What a process costs before it does anything: not the encoder's. Measured 60–76 ms. */
const PROCESS_MS = 60;
/** Of the decoded picture against the one that was encoded, 0 … 1: wrong colours, a green frame or one of another film are far below. */
const LEAST_SIMILARITY = 0.9;

/** `refused`: why it cannot be used, in one sentence. */
export type Proof = { realTime: number } | { refused: string };

/**
 * Encodes a second of picture with the very settings that films get, decodes it and compares. Rejects only with the signal's reason or what starting
 * the program throws.
 *
 * @param folder for a file of some hundred kilobytes, which is removed again
 */
export async function prove(
  children: Pick<ChildProcesses, 'run'>,
  ffmpeg: string,
  family: EncoderFamily,
  folder: string,
  signal: AbortSignal,
): Promise<Proof> {
  const file = join(folder, `proof-${randomUUID()}.mp4`);
  const run = (args: string[]) =>
    children.run(ffmpeg, args, { timeoutMs: TIMEOUT_MS, maxStderrBytes: LISTING_BYTES, signal });
  try {
    const startedAt = performance.now();
    const encoded = await run(encodeArguments(family, file));
    const tookMs = performance.now() - startedAt;
    if (encoded.exitCode !== 0) return { refused: whyFailed(family, encoded) };
    const realTime = 1000 / Math.max(1, tookMs - PROCESS_MS);
    // Of x264 only the speed is in doubt.
    if (family === X264) return { realTime };
    const wrong = whatIsWrong(await run(compareArguments(file)));
    return wrong === null ? { realTime } : { refused: `${family.label} encodes, but ${wrong}.` };
  } finally {
    await rm(file, { force: true });
  }
}

function encodeArguments(family: EncoderFamily, file: string): string[] {
  const picture = pictureArguments(TARGET, CUTS, family, null, 0);
  return [
    ...['-hide_banner', '-v', 'error', '-nostdin', ...family.device],
    ...['-f', 'lavfi', '-i', PICTURE, ...picture.slice(0, -1), '-y', file],
  ];
}

/** Decodes what was encoded, tells of each picture whether it is a keyframe, and compares all with what they were made from. */
function compareArguments(file: string): string[] {
  const graph = `[0:v]showinfo,setpts=N/${FRAMES}/TB,format=yuv420p[a];[1:v]setpts=N/${FRAMES}/TB,format=yuv420p[b];[a][b]ssim`;
  return [
    ...['-hide_banner', '-v', 'info', '-nostats', '-nostdin', '-threads', '1'],
    ...['-i', file, '-f', 'lavfi', '-i', PICTURE, '-lavfi', graph, '-f', 'null', '-'],
  ];
}

/** From ffmpeg's listing of the decoded pictures; null when all is as it should be. */
export function whatIsWrong({ exitCode, stderr }: Pick<ChildResult, 'exitCode' | 'stderr'>): string | null {
  if (exitCode !== 0) return 'what it makes cannot be decoded';
  const frames = [...stderr.matchAll(/ n: *\d+ .*? iskey:(\d) /g)].map((match) => match[1] === '1');
  if (frames.length !== FRAMES) return `makes ${frames.length} pictures of ${FRAMES}`;
  const keys = frames.flatMap((isKey, frame) => (isKey ? [frame / FRAMES] : []));
  if (keys.join() !== KEYFRAMES.join()) return 'its keyframes are not where they were wanted';
  const similarity = Number(/SSIM .*All:([\d.]+)/.exec(stderr)?.[1] ?? 0);
  return similarity < LEAST_SIMILARITY ? 'its pictures are not those it was given' : null;
}

function whyFailed(family: EncoderFamily, { stderr, timedOut }: ChildResult): string {
  if (timedOut) return `${family.label} does not come to an end.`;
  const [line = 'It gave no reason.'] = stderr.trim().split('\n');
  return `${family.label} does not work here: ${line.replace(/^\[[^\]]*\] */, '').slice(0, 200)}`;
}
