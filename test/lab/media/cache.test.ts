import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { CACHE_DIR, cachedFile, hash, identityOf } from './cache.ts';

let key = '';
const lockOf = () => join(CACHE_DIR, `${hash(key)}.lock`);
const fresh = () => {
  key = `test-${randomUUID()}`;
  return key;
};
afterEach(() => rm(join(CACHE_DIR, hash(key)), { recursive: true, force: true }));

it('makes a file once, for callers at once and later', async () => {
  fresh();
  let made = 0;
  const make = async (path: string) => {
    made++;
    await writeFile(path, 'film');
  };
  const paths = await Promise.all([cachedFile(key, 'a.mkv', make), cachedFile(key, 'a.mkv', make)]);
  paths.push(await cachedFile(key, 'a.mkv', make));
  expect(new Set(paths).size).toBe(1);
  expect(made).toBe(1);
  expect(await readFile(paths[0] ?? '', 'utf8')).toBe('film');
});

it('leaves nothing of a failed attempt, and tries again', async () => {
  fresh();
  await expect(
    cachedFile(key, 'a.mkv', async (path) => {
      await writeFile(path, 'half');
      throw new Error('disk full');
    }),
  ).rejects.toThrow('disk full');
  const path = await cachedFile(key, 'a.mkv', (to) => writeFile(to, 'whole'));
  expect(await readFile(path, 'utf8')).toBe('whole');
});

it('takes over from a maker that died', async () => {
  fresh();
  await mkdir(CACHE_DIR, { recursive: true });
  // No process has so high an id.
  await writeFile(lockOf(), '999999999');
  const path = await cachedFile(key, 'a.mkv', (to) => writeFile(to, 'film'));
  expect(await readFile(path, 'utf8')).toBe('film');
});

it.runIf(process.platform === 'linux')(
  'takes over from a dead maker whose id another process has now',
  async () => {
    fresh();
    await mkdir(CACHE_DIR, { recursive: true });
    // Of the first process of the boot, not of this one.
    await writeFile(lockOf(), `${process.pid}-0`);
    const path = await cachedFile(key, 'a.mkv', (to) => writeFile(to, 'film'));
    expect(await readFile(path, 'utf8')).toBe('film');
  },
);

it('waits for a living maker, and takes what it made', async () => {
  fresh();
  await mkdir(CACHE_DIR, { recursive: true });
  await writeFile(lockOf(), await identityOf());
  let made = false;
  const wanted = cachedFile(key, 'a.mkv', async () => {
    made = true;
  });
  const theirs = join(CACHE_DIR, hash(key), 'a.mkv');
  await mkdir(dirname(theirs));
  await writeFile(theirs, 'theirs');
  await rm(lockOf());
  expect(await wanted).toBe(theirs);
  expect(made).toBe(false);
});
