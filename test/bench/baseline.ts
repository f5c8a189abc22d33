import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** How often the documented server looks for its segments. */
const POLL_MS = 100;

/**
 * The documented server's own method, for starts and seeks alike: a fresh ffmpeg that copies the video into 6 s HLS segments from the
 * wanted time on, and a look each 100 ms until two of them exist.
 *
 * @returns Milliseconds from spawning to that look.
 */
export async function baselineStart(source: string, seconds: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'raffi-baseline-'));
  const startedMs = performance.now();
  const child = spawn(
    'ffmpeg',
    [
      ...['-v', 'error', '-nostdin', '-ss', String(seconds), '-i', source],
      ...['-c:v', 'copy', '-f', 'hls', '-hls_time', '6', '-hls_list_size', '0'],
      ...['-hls_segment_filename', join(folder, '%d.ts'), join(folder, 'child.m3u8')],
    ],
    { stdio: 'ignore' },
  );
  const exited = once(child, 'exit');
  try {
    while (!(await exist(folder, ['0.ts', '1.ts']))) {
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
