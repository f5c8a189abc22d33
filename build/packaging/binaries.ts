import { chmod, copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Binaries } from '../../src/ffmpeg/binaries.ts';
import { ChildProcesses } from '../../src/ffmpeg/child.ts';
import { chooseBinaries, type Target } from './choose-binaries.ts';

/**
 * Copies the target's ffmpeg and ffprobe to `folder`, where electron-builder.yml takes them from. Resolves with warnings for the
 * builder; rejects, saying what to do, when there are none fit for the package.
 */
export async function stageBinaries(
  target: Target,
  folder: string,
  options: { publish: boolean },
): Promise<string[]> {
  const binaries = new Binaries({
    children: new ChildProcesses(),
    ffmpegPath: process.env.RAFFI_FFMPEG_BIN,
    ffprobePath: process.env.RAFFI_FFPROBE_BIN,
  });
  const host = { platform: process.platform, arch: process.arch };
  const chosen = chooseBinaries(target, { host, ...(await binaries.all()) }, options);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const suffix = target.platform === 'win32' ? '.exe' : '';
  for (const tool of ['ffmpeg', 'ffprobe'] as const) {
    const file = join(folder, `${tool}${suffix}`);
    await copyFile(chosen[tool], file);
    await chmod(file, 0o755);
  }
  return chosen.warnings;
}
