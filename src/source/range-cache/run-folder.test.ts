import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { processIdentity } from './process-identity.ts';
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

it('removes what was left before the system started, though its process id is taken again', async () => {
  const tag = '0123456789abcdef';
  const folder = path.join(cacheDir, `run-${process.ppid}-${tag}`);
  await mkdir(folder);
  expect(await removeStaleRuns(cacheDir)).toEqual([]);
  await utimes(folder, 1000, 1000);
  expect(await removeStaleRuns(cacheDir)).toEqual([path.basename(folder)]);
});

it.runIf(process.platform === 'linux')(
  'removes what another process with the same id left, not what the living one uses',
  async () => {
    const tag = '0123456789abcdef';
    const living = `run-${process.ppid}-${await processIdentity(process.ppid)}-${tag}`;
    const earlier = `run-${process.ppid}-00000000-${tag}`;
    await mkdir(path.join(cacheDir, living));
    await mkdir(path.join(cacheDir, earlier));
    // Whatever the clock said when it was made.
    await utimes(path.join(cacheDir, living), 1000, 1000);
    expect(await removeStaleRuns(cacheDir)).toEqual([earlier]);
    const own = await createRunFolder(cacheDir);
    expect(path.basename(own.path)).toContain(`run-${process.pid}-${await processIdentity(process.pid)}-`);
  },
);

it('says which variable to set when the cache folder cannot be made', async () => {
  const file = path.join(cacheDir, 'file');
  await writeFile(file, '');
  await expect(createRunFolder(path.join(file, 'cache'))).rejects.toMatchObject({
    code: 'bad_config',
    message: expect.stringContaining('RAFFI_CACHE_DIR'),
    data: { variable: 'RAFFI_CACHE_DIR' },
  });
});
