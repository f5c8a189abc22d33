import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { lastLine, run } from './run.ts';

/**
 * An unmodified Electron inside an npm package, for machines that reach only a package registry. Pinned by its hash: what
 * runs is exactly what was examined. Its app is thrown away; only Electron is kept.
 */
export const SUBSTITUTE = {
  package: '@circadio/milton-linux-x64@0.1.5',
  integrity:
    'sha512-7wwNzk/FGpznHFGnY/O5gZ/bnmLocilf2sn+w0U+2Fsyf0wEK0Vr94kk8kdwP2GGq60C/4C2BeKa/w7zhhpsYw==',
  version: '41.3.0',
  binary: 'Milton',
} as const;

/** Linux x64 with glibc only. */
export function substituteFits(
  host: { platform: string; arch: string; glibc: boolean } = {
    platform: process.platform,
    arch: process.arch,
    glibc: hasGlibc(),
  },
): boolean {
  return host.platform === 'linux' && host.arch === 'x64' && host.glibc;
}

/** Outside `node_modules`, so that `npm ci` does not throw 250 MB away each time. */
export function substituteFolder(env: NodeJS.ProcessEnv = process.env, home = homedir()): string {
  const cache = env.XDG_CACHE_HOME;
  // The XDG base directory specification: a relative path there is invalid and to be ignored.
  const base = cache?.startsWith('/') === true ? cache : join(home, '.cache');
  return join(base, 'raffi', `electron-${SUBSTITUTE.version}`);
}

/**
 * Fetches the package with npm, checks it, and unpacks Electron. The folder appears complete by one rename, or not at all. Null
 * when it worked, else why not.
 */
export async function installSubstitute(folder = substituteFolder()): Promise<string | null> {
  await mkdir(dirname(folder), { recursive: true });
  const work = await mkdtemp(`${folder}.tmp-`);
  try {
    const archive = await fetchArchive(work);
    const build = join(work, 'build');
    await unpack(archive, build);
    await installLoader(build);
    await rename(build, folder);
    return null;
  } catch (error) {
    // Another set-up may have been faster: its folder is as good as ours.
    if (existsSync(folder)) return null;
    return error instanceof Error ? error.message : String(error);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function fetchArchive(folder: string): Promise<string> {
  const args = ['pack', SUBSTITUTE.package, '--silent', '--pack-destination', folder];
  const packed = await run('npm', args, { timeoutMs: 15 * 60_000, cwd: folder });
  if (!packed.ok)
    throw new Error(
      `npm pack: ${packed.timedOut ? 'it took too long' : lastLine(packed.stderr) || 'it failed'}`,
    );
  const name = (await readdir(folder)).find((file) => file.endsWith('.tgz'));
  if (name === undefined) throw new Error('npm pack left no archive');
  const archive = join(folder, name);
  const integrity = await integrityOf(archive);
  if (integrity !== SUBSTITUTE.integrity)
    throw new Error(`${basename(archive)} is not the archive that was examined (${integrity})`);
  return archive;
}

/** The subresource integrity string of a file, as npm writes it. */
export async function integrityOf(file: string): Promise<string> {
  const hash = createHash('sha512');
  await pipeline(createReadStream(file), hash);
  return `sha512-${hash.digest('base64')}`;
}

async function unpack(archive: string, build: string): Promise<void> {
  await mkdir(build);
  const args = [
    '-xzf',
    archive,
    '-C',
    build,
    '--strip-components=2',
    '--exclude=package/app/resources',
    'package/app',
  ];
  const tar = await run('tar', args, { timeoutMs: 5 * 60_000 });
  if (!tar.ok) throw new Error(`tar: ${lastLine(tar.stderr)}`);
  await rename(join(build, SUBSTITUTE.binary), join(build, 'electron'));
  await writeFile(join(build, 'version'), SUBSTITUTE.version);
}

/** Packaged builds lack Electron's own default app, which opens the folder named on the command line: ours does that. */
async function installLoader(build: string): Promise<void> {
  // Loaded only here: the set-up is quick when nothing is missing.
  const { createPackage } = await import('@electron/asar');
  const resources = join(build, 'resources');
  await mkdir(resources);
  await createPackage(
    fileURLToPath(new URL('default-app/', import.meta.url)),
    join(resources, 'default_app.asar'),
  );
}

function hasGlibc(): boolean {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime !== undefined;
}
