import { findOnPath, lastLine, run } from './run.ts';

/** Xvfb and the shared libraries that Electron needs on a Debian without a desktop. */
export const ELECTRON_LIBRARIES = [
  'libnss3',
  'libgtk-3-0',
  'libgbm1',
  'libasound2',
  'libatk-bridge2.0-0',
  'libcups2',
  'libxss1',
  'libxtst6',
];

/**
 * Names of the packages on this release: since the 64-bit time transition (Debian 13, Ubuntu 24.04) some carry a `t64`
 * suffix, and the old name is then a virtual package that apt may refuse to choose for.
 */
export function releaseNames(wanted: readonly string[], known: ReadonlySet<string>): string[] {
  return wanted.map((name) => (known.has(`${name}t64`) ? `${name}t64` : name));
}

/** What a person types for these packages. */
export function aptCommand(packages: readonly string[]): string {
  return `sudo apt-get update && sudo apt-get install -y ${packages.join(' ')}`;
}

/** Whether the set-up may install by itself: only as root, and only where there is apt. */
export function mayUseApt(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0 && findOnPath('apt-get') !== null;
}

export type AptResult = { ok: true } | { ok: false; reason: string };

/** Installs Debian packages; the lists are refreshed once per run of the set-up. Waits for another apt to finish. */
export async function aptInstall(wanted: readonly string[]): Promise<AptResult> {
  refreshed ??= refresh();
  const refreshResult = await refreshed;
  const known = await run('apt-cache', ['pkgnames'], { timeoutMs: 30_000 });
  const packages = releaseNames(wanted, new Set(known.stdout.split('\n')));
  const installed = await apt(['install', '-y', '--no-install-recommends', ...packages], 900_000);
  if (installed.ok) return installed;
  return refreshResult.ok ? installed : refreshResult;
}

let refreshed: Promise<AptResult> | undefined;

function refresh(): Promise<AptResult> {
  return apt(['update'], 180_000);
}

async function apt(args: readonly string[], timeoutMs: number): Promise<AptResult> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const result = await run('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=120', ...args], { timeoutMs, env });
  if (result.ok) return { ok: true };
  const reason = result.timedOut ? 'it took too long' : lastLine(result.stderr) || 'it failed';
  return { ok: false, reason: `apt-get ${args[0]}: ${reason}` };
}
