import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { npmBinary } from '../setup/ffmpeg.ts';
import { findOnPath } from '../setup/run.ts';
import { chooseBinaries, type Target } from './choose-binaries.ts';

/** Copies the target's ffmpeg and ffprobe to `folder`, where electron-builder.yml takes them from. Resolves with a warning, if any. */
export async function stageBinaries(target: Target, folder: string): Promise<string | null> {
  const chosen = chooseBinaries(target, {
    host: { platform: process.platform, arch: process.arch },
    npmFfmpeg: npmBinary('ffmpeg'),
    npmFfprobe: npmFfprobe(target),
    hostFfmpeg: process.env.RAFFI_FFMPEG_BIN || findOnPath('ffmpeg'),
    hostFfprobe: process.env.RAFFI_FFPROBE_BIN || findOnPath('ffprobe'),
  });
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const suffix = target.platform === 'win32' ? '.exe' : '';
  for (const tool of ['ffmpeg', 'ffprobe'] as const) {
    const file = join(folder, `${tool}${suffix}`);
    await copyFile(chosen[tool], file);
    await chmod(file, 0o755);
  }
  return chosen.warning ?? null;
}

/** `ffprobe-static` carries the binaries of all platforms; its own answer is only the host's. */
function npmFfprobe({ platform, arch }: Target): string | null {
  const root = dirname(createRequire(import.meta.url).resolve('ffprobe-static/package.json'));
  const file = join(root, 'bin', platform, arch, platform === 'win32' ? 'ffprobe.exe' : 'ffprobe');
  return existsSync(file) ? file : null;
}
