import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Binaries, type BinariesOptions } from './binaries.ts';
import { npmCandidates, pathCandidates, searchPath, type Tool } from './candidates.ts';
import { ChildProcesses } from './child.ts';

let children: ChildProcesses;
let folder: string;

beforeEach(async () => {
  children = new ChildProcesses();
  folder = await mkdtemp(join(tmpdir(), 'raffi-binaries-'));
});

afterEach(async () => {
  await children.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A script that answers like the tool, and counts its runs. */
async function fake(place: string, tool: Tool, version: string, body?: string): Promise<string> {
  await mkdir(join(folder, place), { recursive: true });
  const path = join(folder, place, tool);
  const answer = body ?? `echo "${tool} version ${version} Copyright (c) the FFmpeg developers"`;
  await writeFile(path, `#!/bin/sh\necho run >> '${join(folder, 'runs')}'\n${answer}\n`);
  await chmod(path, 0o755);
  return path;
}

function make(options: Partial<BinariesOptions> = {}): Binaries {
  return new Binaries({
    children,
    path: ['one', 'two'].map((place) => join(folder, place)).join(delimiter),
    npm: () => [],
    platform: 'linux',
    ...options,
  });
}

async function runs(): Promise<number> {
  return (await readFile(join(folder, 'runs'), 'utf8').catch(() => '')).split('\n').length - 1;
}

describe('Binaries', () => {
  it('prefers a pair of one version to a mixed one that comes first', async () => {
    const npm = await fake('npm', 'ffprobe', '4.0.2-static');
    await fake('one', 'ffmpeg', '5.1.9-0+deb12u1');
    await fake('one', 'ffprobe', '5.1.9-0+deb12u1');
    const binaries = make({
      npm: (tool) => (tool === 'ffprobe' ? [{ tool, path: npm, origin: 'npm' }] : []),
    });
    expect(await binaries.resolve()).toEqual({
      ffmpeg: { path: join(folder, 'one/ffmpeg'), version: '5.1.9-0+deb12u1', origin: 'path' },
      ffprobe: { path: join(folder, 'one/ffprobe'), version: '5.1.9-0+deb12u1', origin: 'path' },
    });
  });

  it('takes an obsolete one only where there is no other, even from its own preferred place', async () => {
    const npm = await fake('npm', 'ffprobe', '4.0.2-static');
    await fake('one', 'ffmpeg', '4.0.2-static');
    await fake('two', 'ffmpeg', '6.0');
    await fake('two', 'ffprobe', '5.1');
    const binaries = make({
      npm: (tool) => (tool === 'ffprobe' ? [{ tool, path: npm, origin: 'npm' }] : []),
    });
    expect(await binaries.resolve()).toEqual({
      ffmpeg: { path: join(folder, 'two/ffmpeg'), version: '6.0', origin: 'path' },
      ffprobe: { path: join(folder, 'two/ffprobe'), version: '5.1', origin: 'path' },
    });
  });

  it('says so of an obsolete one, found or wished for', async () => {
    const path = await fake('one', 'ffprobe', '4.0.2-static');
    for (const options of [{}, { ffprobePath: path }]) {
      expect((await make(options).resolve()).ffprobe).toMatchObject({
        path,
        warning: expect.stringMatching(/^ffprobe 4\.0\.2-static is too old.*apt install.*RAFFI_FFPROBE_BIN/),
      });
    }
  });

  it('finds a pair across folders', async () => {
    await fake('one', 'ffmpeg', '4.4');
    await fake('one', 'ffprobe', '6.0');
    await fake('two', 'ffmpeg', '6.0');
    expect(await make().resolve()).toMatchObject({
      ffmpeg: { path: join(folder, 'two/ffmpeg') },
      ffprobe: { path: join(folder, 'one/ffprobe') },
    });
  });

  it('takes the resources folder first, then npm, then PATH', async () => {
    const npm = { ffmpeg: await fake('npm', 'ffmpeg', '7'), ffprobe: await fake('npm', 'ffprobe', '7') };
    for (const tool of ['ffmpeg', 'ffprobe'] as const) await fake('one', tool, '5');
    const options: Partial<BinariesOptions> = { npm: (tool) => [{ tool, path: npm[tool], origin: 'npm' }] };
    expect((await make(options).resolve()).ffprobe).toMatchObject({ origin: 'npm' });
    for (const tool of ['ffmpeg', 'ffprobe'] as const) await fake('resources', tool, '8');
    const packaged = make({ ...options, resourcesDir: join(folder, 'resources') });
    expect((await packaged.resolve()).ffmpeg).toMatchObject({ origin: 'resources', version: '8' });
  });

  it('takes the first of each when nothing matches', async () => {
    await fake('one', 'ffmpeg', '5');
    await fake('two', 'ffprobe', '6');
    expect(await make().resolve()).toMatchObject({ ffmpeg: { version: '5' }, ffprobe: { version: '6' } });
  });

  it('lets a wish win, and fits the other tool to it', async () => {
    const wish = await fake('elsewhere', 'ffprobe', '6.0');
    for (const tool of ['ffmpeg', 'ffprobe'] as const) await fake('one', tool, '5.1');
    await fake('two', 'ffmpeg', '6.0');
    expect(await make({ ffprobePath: wish }).resolve()).toEqual({
      ffmpeg: { path: join(folder, 'two/ffmpeg'), version: '6.0', origin: 'path' },
      ffprobe: { path: wish, version: '6.0', origin: 'config' },
    });
  });

  it('reports a wish that does not work instead of going past it', async () => {
    await fake('one', 'ffprobe', '5.1');
    const wrong = await fake('elsewhere', 'ffprobe', '', 'echo "sox version 14"');
    const status = await make({ ffprobePath: wrong, ffmpegPath: join(folder, 'none') }).resolve();
    expect(status.ffprobe).toEqual({
      missing: `RAFFI_FFPROBE_BIN names no working ffprobe: ${wrong} is not ffprobe. Correct it, or unset it.`,
    });
    expect(status.ffmpeg).toMatchObject({ missing: expect.stringContaining('none does not exist') });
  });

  it('says what to install, and what was found but is broken', async () => {
    const hangs = await fake('one', 'ffprobe', '', 'exec sleep 60');
    await writeFile(join(folder, 'one/ffmpeg'), 'not a program');
    await chmod(join(folder, 'one/ffmpeg'), 0o755);
    const status = await make({ timeoutMs: 100 }).resolve();
    expect(status.ffprobe).toMatchObject({
      missing: expect.stringMatching(/apt install ffmpeg.*RAFFI_FFPROBE_BIN.*does not answer within 0.1 s/),
    });
    expect(status.ffprobe).toMatchObject({ missing: expect.stringContaining(hangs) });
    expect(status.ffmpeg).toMatchObject({ missing: expect.stringContaining('ffmpeg was not found') });
  });

  it('looks once for many, and never again once all is found', async () => {
    for (const tool of ['ffmpeg', 'ffprobe'] as const) await fake('one', tool, '5.1');
    const binaries = make();
    expect(binaries.known).toBeUndefined();
    const all = await Promise.all([binaries.resolve(), binaries.resolve(), binaries.resolve()]);
    expect(new Set(all).size).toBe(1);
    expect(await binaries.resolve()).toBe(all[0]);
    expect(binaries.known).toBe(all[0]);
    expect(await runs()).toBe(2);
  });

  it('looks again for what was missing after a while', async () => {
    let now = 0;
    const binaries = make({ now: () => now });
    expect(await binaries.resolve()).toMatchObject({ ffmpeg: { missing: expect.any(String) } });
    for (const tool of ['ffmpeg', 'ffprobe'] as const) await fake('one', tool, '5.1');
    expect(await binaries.resolve()).toMatchObject({ ffmpeg: { missing: expect.any(String) } });
    now += 15_000;
    expect(await binaries.resolve()).toMatchObject({
      ffmpeg: { version: '5.1' },
      ffprobe: { version: '5.1' },
    });
  });

  it('lets one waiter leave without harm to the other', async () => {
    for (const tool of ['ffmpeg', 'ffprobe'] as const) await fake('one', tool, '5.1');
    const binaries = make();
    const controller = new AbortController();
    const leaver = binaries.resolve(controller.signal);
    const stayer = binaries.resolve();
    controller.abort(new Error('left'));
    await expect(leaver).rejects.toThrow('left');
    expect(await stayer).toMatchObject({ ffprobe: { version: '5.1' } });
  });

  it('finds this machine’s own', async () => {
    const status = await new Binaries({ children }).resolve();
    expect(status).toMatchObject({ ffprobe: { version: expect.any(String) } });
  });
});

describe('candidates', () => {
  it('searches PATH of each platform', () => {
    const windows = pathCandidates('ffprobe', 'C:\\A;"C:\\B C";;.;bin;C:\\A', 'win32');
    expect(windows.map(({ path }) => path)).toEqual(['C:\\A\\ffprobe.exe', 'C:\\B C\\ffprobe.exe']);
    const linux = pathCandidates('ffmpeg', '/usr/bin::.:bin:/opt/b:/usr/bin', 'linux');
    expect(linux.map(({ path }) => path)).toEqual(['/usr/bin/ffmpeg', '/opt/b/ffmpeg']);
    expect(searchPath({ Path: 'x' })).toBe('x');
    expect(searchPath({})).toBe('');
  });

  it('resolves npm packages at run time, absent ones included', () => {
    expect(npmCandidates('ffprobe')).toMatchObject([
      { origin: 'npm', path: expect.stringContaining('ffprobe') },
    ]);
    expect(npmCandidates('nothing' as Tool)).toEqual([]);
  });
});
