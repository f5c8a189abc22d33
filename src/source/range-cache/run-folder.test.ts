import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createRunFolder, removeStaleRuns } from './run-folder.ts';

let cacheDir: string;
beforeEach(async () => {
  cacheDir = await mkdtemp(path.join(tmpdir(), 'raffi-runs-'));
});
afterEach(() => rm(cacheDir, { recursive: true, force: true }));

async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'close');
  return child.pid ?? 0;
}

it('removes what dead runs left, and nothing else', async () => {
  const pid = await deadPid();
  const tag = '0123456789abcdef';
  const outside = path.join(cacheDir, 'outside');
  const dead = path.join(cacheDir, `run-${pid}-${tag}`);
  await mkdir(path.join(dead, 'source-1'), { recursive: true });
  await writeFile(path.join(dead, 'source-1', '0-1.chunk'), 'x');
  await mkdir(outside);
  await writeFile(path.join(outside, 'film.mkv'), 'precious');
  // A link inside a dead run is removed, not followed.
  await symlink(outside, path.join(dead, 'link'));
  await symlink(outside, path.join(cacheDir, `run-${pid}-aaaaaaaaaaaaaaaa`));
  await writeFile(path.join(cacheDir, `run-${pid}-bbbbbbbbbbbbbbbb`), 'a file');
  await mkdir(path.join(cacheDir, `run-${process.ppid}-${tag}`));
  await mkdir(path.join(cacheDir, `run-${pid}-short`));
  await mkdir(path.join(cacheDir, `my-run-${pid}-${tag}`));
  const own = await createRunFolder(cacheDir);
  // The process id of a container's dead run may be ours now.
  await mkdir(path.join(cacheDir, `run-${process.pid}-${tag}`));

  expect((await removeStaleRuns(cacheDir)).sort()).toEqual(
    [`run-${pid}-${tag}`, `run-${process.pid}-${tag}`].sort(),
  );
  expect((await readdir(cacheDir)).sort()).toEqual(
    [
      'outside',
      `run-${pid}-aaaaaaaaaaaaaaaa`,
      `run-${pid}-bbbbbbbbbbbbbbbb`,
      `run-${process.ppid}-${tag}`,
      `run-${pid}-short`,
      `my-run-${pid}-${tag}`,
      path.basename(own.path),
    ].sort(),
  );
  expect(await readdir(outside)).toEqual(['film.mkv']);
  await own.remove();
  await own.remove();
  expect(await readdir(cacheDir)).not.toContain(path.basename(own.path));
});

it('minds no missing folder', async () => {
  expect(await removeStaleRuns(path.join(cacheDir, 'none'))).toEqual([]);
});
