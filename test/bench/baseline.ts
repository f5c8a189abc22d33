import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { X264_PARAMS } from '../../src/ffmpeg/encode/encoders/families.ts';

/** How often the documented server looks for its segments. */
const POLL_MS = 100;

/**
 * The documented server's own method, for starts and seeks alike: a fresh ffmpeg that copies the video into 6 s HLS segments from the
 * wanted time on, and a look each 100 ms until two of them exist.
 *
 * @returns Milliseconds from spawning to that look.
 */
export function baselineStart(source: string, seconds: number): Promise<number> {
  return hlsStart(source, seconds, ['-c:v', 'copy'], ['0.ts', '1.ts']);
}

/**
 * The same where something has to be encoded: picture and sound are, until the first segment is complete, which is when the playlist
 * appears.
 */
export function encodingBaseline(source: string, seconds: number): Promise<number> {
  const codecs = ['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-ac', '2'];
  return hlsStart(source, seconds, codecs, ['child.m3u8']);
}

/** ffmpeg alone with our encoder's settings, into nothing: what the machine can do. @returns Milliseconds. */
export async function steadyBaseline(
  source: string,
  seconds: number,
  lengthSeconds: number,
): Promise<number> {
  const startedMs = performance.now();
  const child = spawn(
    'ffmpeg',
    [
      ...['-v', 'error', '-nostdin', '-ss', String(seconds), '-t', String(lengthSeconds), '-i', source],
      ...['-map', '0:v', '-c:v', 'libx264', '-preset', 'veryfast', '-crf', '21', '-pix_fmt', 'yuv420p'],
      ...[
        '-maxrate',
        '10M',
        '-bufsize',
        '20M',
        '-profile:v',
        'high',
        '-level:v',
        '4.1',
        '-x264-params',
        X264_PARAMS,
      ],
      ...['-force_key_frames', 'expr:gte(t,n_forced)', '-f', 'null', '-'],
    ],
    { stdio: 'ignore' },
  );
  await once(child, 'exit');
  return performance.now() - startedMs;
}

async function hlsStart(
  source: string,
  seconds: number,
  codecs: readonly string[],
  awaited: string[],
): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'raffi-baseline-'));
  const startedMs = performance.now();
  const child = spawn(
    'ffmpeg',
    [
      ...['-v', 'error', '-nostdin', '-ss', String(seconds), '-i', source],
      ...[...codecs, '-f', 'hls', '-hls_time', '6', '-hls_list_size', '0'],
      ...['-hls_segment_filename', join(folder, '%d.ts'), join(folder, 'child.m3u8')],
    ],
    { stdio: 'ignore' },
  );
  const exited = once(child, 'exit');
  try {
    while (!(await exist(folder, awaited))) {
      if (child.exitCode !== null) throw new Error(`The baseline's ffmpeg ended with ${child.exitCode}`);
      await delay(POLL_MS);
    }
    return performance.now() - startedMs;
  } finally {
    child.kill('SIGKILL');
    await exited;
    await rm(folder, { recursive: true, force: true });
  }
}

async function exist(folder: string, names: string[]): Promise<boolean> {
  const found = await Promise.all(
    names.map((name) =>
      access(join(folder, name)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.every(Boolean);
}
