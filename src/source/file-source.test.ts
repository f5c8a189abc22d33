import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { appendFile, chmod, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ByteSource } from './byte-source.ts';
import { openSource } from './open-source.ts';
import { CacheBudget } from './range-cache/cache-budget.ts';
import { collect } from './testing/fixture.ts';
import { noise } from './testing/origin.ts';

const CONTENT = noise(5 * 1024 * 1024 + 11);
let folder: string;
let file: string;
const sources: ByteSource[] = [];

function openFile(filePath = file): ByteSource {
  const source = openSource(
    { kind: 'file', path: filePath },
    { cacheDir: folder, budget: new CacheBudget(1) },
  );
  sources.push(source);
  return source;
}

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'raffi-file-'));
  file = path.join(folder, 'My film.mkv');
  await writeFile(file, CONTENT);
});
afterEach(async () => {
  await Promise.all(sources.splice(0).map((source) => source.close()));
  await rm(folder, { recursive: true, force: true });
});

describe('FileSource', () => {
  it('tells size and name', async () => {
    expect(await openFile().open()).toEqual({
      sizeBytes: CONTENT.length,
      name: 'My film.mkv',
      contentType: null,
    });
  });

  it('reads and streams exactly the bytes asked for', async () => {
    const source = openFile();
    const { length } = CONTENT;
    expect(CONTENT.subarray(7, 3_000_000).equals(await source.read(7, 3_000_000))).toBe(true);
    expect(CONTENT.subarray(length - 5).equals(await source.read(length - 5, length + 5))).toBe(true);
    expect(await source.read(length + 1, length + 5)).toHaveLength(0);
    expect(CONTENT.equals(await collect(source.stream(0, Number.POSITIVE_INFINITY)))).toBe(true);
    expect(CONTENT.subarray(3, 9).equals(await collect(source.stream(3, 9)))).toBe(true);
    expect(await collect(source.stream(9, 3))).toHaveLength(0);
  });

  it('rejects with the reason of its signal', async () => {
    const source = openFile();
    const reason = new Error('enough');
    await expect(source.read(0, 1, AbortSignal.abort(reason))).rejects.toBe(reason);
    const controller = new AbortController();
    const reading = (async () => {
      for await (const _piece of source.stream(0, CONTENT.length, controller.signal))
        controller.abort(reason);
    })();
    await expect(reading).rejects.toBe(reason);
  });

  it.each([
    ['', 'source_missing'],
    ['film.mkv', 'source_refused'],
    ['/tmp/a\0b', 'source_refused'],
  ])('refuses the path %j', (filePath, code) => {
    expect(() => openFile(filePath)).toThrow(expect.objectContaining({ code }));
  });

  it('explains a missing file, a folder, a pipe and a broken link, without naming the folder', async () => {
    execFileSync('mkfifo', [path.join(folder, 'pipe')]);
    await symlink(path.join(folder, 'nowhere'), path.join(folder, 'link'));
    for (const [name, code] of [
      ['missing.mkv', 'source_not_found'],
      ['link', 'source_not_found'],
      ['My film.mkv/x', 'source_not_found'],
      ['pipe', 'source_refused'],
      ['.', 'source_refused'],
    ] as const) {
      const error = await openFile(path.join(folder, name))
        .open()
        .catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code });
      expect((error as Error).message).not.toContain(path.dirname(folder));
    }
  });

  it.skipIf(process.getuid?.() === 0)('explains a file that may not be read', async () => {
    await chmod(file, 0);
    await expect(openFile().open()).rejects.toMatchObject({ code: 'source_forbidden' });
  });

  it.each([
    ['grows', () => appendFile(file, 'x')],
    ['shrinks', () => truncate(file, 1000)],
    ['is rewritten', () => writeFile(file, noise(CONTENT.length, 'other'))],
  ])('notices a file that %s', async (_what, change) => {
    const source = openFile();
    await source.read(0, 10);
    await change();
    await expect(source.read(0, 4000)).rejects.toMatchObject({ code: 'source_changed' });
    await expect(collect(source.stream(0, CONTENT.length))).rejects.toMatchObject({ code: 'source_changed' });
  });

  it('closes its file, also with reads under way and streams left', async () => {
    const source = openFile();
    await source.open();
    for await (const _piece of source.stream(0, CONTENT.length)) break;
    const reading = source.read(0, CONTENT.length).catch(() => {});
    await source.close();
    await source.close();
    await reading;
    await expect(source.read(0, 1)).rejects.toMatchObject({ code: 'aborted' });
    if (process.platform === 'linux') expect(openPaths()).not.toContain(file);
  });
});

function openPaths(): string[] {
  return readdirSync('/proc/self/fd', { withFileTypes: false }).flatMap((fd) => {
    try {
      return [execFileSync('readlink', [`/proc/${process.pid}/fd/${fd}`], { encoding: 'utf8' }).trim()];
    } catch {
      return [];
    }
  });
}
