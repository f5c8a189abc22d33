import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fileSurroundings } from './file-surroundings.ts';

const LOOKED_FOR = {
  isFile: (name: string) => name.endsWith('.srt'),
  isFolder: (name: string) => name === 'Subs',
};
const { signal } = new AbortController();
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'raffi-around-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function lay(...paths: string[]): Promise<void> {
  for (const file of paths) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), file);
  }
}

const around = () => fileSurroundings(path.join(folder, 'film.mkv'), LOOKED_FOR, signal);
const found = async () => (await around()).files.map((file) => file.path).sort();

it('looks into the film’s folder and those for subtitles, and no further', async () => {
  await lay(
    'film.mkv',
    'film.srt',
    'cover.jpg',
    'Subs/en.srt',
    'Subs/film/2.srt',
    'Subs/film/a/b.srt',
    'Subs/x.mkv',
  );
  await lay('other/film.srt');
  expect(await found()).toEqual(['Subs/en.srt', 'Subs/film/2.srt', 'film.mkv', 'film.srt']);
  expect(await around()).toMatchObject({ film: 'film.mkv', isRelease: false });
});

it('takes no links', async () => {
  await lay('film.mkv', 'elsewhere/a.srt');
  await symlink(path.join(folder, 'elsewhere', 'a.srt'), path.join(folder, 'film.srt'));
  await symlink(path.join(folder, 'elsewhere'), path.join(folder, 'Subs'));
  expect(await found()).toEqual(['film.mkv']);
});

it('reads no more than is asked for', async () => {
  await lay('film.srt');
  const [file] = (await around()).files;
  expect(await file?.size()).toBe(8);
  expect(Buffer.from((await file?.read(4, signal)) ?? []).toString()).toBe('film');
  await rm(path.join(folder, 'film.srt'));
  expect(await file?.size()).toBe(0);
  await expect(file?.read(4, signal)).rejects.toMatchObject({ code: 'source_not_found' });
});

it('looks up how large a few videos are, but not those of a collection', async () => {
  const sizes = async () => (await around()).files.map(({ sizeBytes }) => sizeBytes);
  await lay('film.mkv', 'clip.mp4', 'film.srt');
  expect((await sizes()).sort()).toEqual([8, 8, null]);
  await lay(...Array.from({ length: 9 }, (_, n) => `${n}.mkv`));
  expect(new Set(await sizes())).toEqual(new Set([null]));
});

it.skipIf(process.getuid?.() === 0)('passes over what may not be read', async () => {
  await lay('film.mkv', 'Subs/en.srt');
  await chmod(path.join(folder, 'Subs'), 0);
  expect(await found()).toEqual(['film.mkv']);
});

it('of a film that is gone finds nothing', async () => {
  await rm(folder, { recursive: true });
  expect(await found()).toEqual([]);
});
