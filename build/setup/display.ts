import { aptCommand, aptInstall, ELECTRON_LIBRARIES, mayUseApt } from './apt.ts';
import type { Finding } from './finding.ts';
import { findOnPath, run } from './run.ts';

/** Shared libraries that `ldd` could not resolve. */
export function unresolvedLibraries(lddOutput: string): string[] {
  return [...lddOutput.matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1] ?? '');
}

/** Debian packages the tests lack in order to run Electron without a screen. */
export function lackingPackages(state: { unresolved: readonly string[]; hasXvfb: boolean }): string[] {
  const libraries = state.unresolved.length === 0 ? [] : ELECTRON_LIBRARIES;
  return state.hasXvfb ? [...libraries] : ['xvfb', ...libraries];
}

/** Sees to it that the tests can show Electron windows: its libraries, and Xvfb. Linux only; elsewhere nothing is needed. */
export async function ensureDisplay(electron: string): Promise<Finding[]> {
  if (process.platform !== 'linux') return [];
  const lacking = lackingPackages(await inspect(electron));
  if (lacking.length === 0) return [finding('found', "Xvfb and Electron's libraries are there")];
  const command = aptCommand(lacking);
  if (!mayUseApt()) return [{ ...finding('missing', `lacking: ${lacking.join(' ')}`), command }];
  console.log(`  ...  installing ${lacking.join(' ')} with apt-get; this can take a minute`);
  const result = await aptInstall(lacking);
  if (!result.ok) return [{ ...finding('missing', `not installed: ${result.reason}`), command }];
  const after = await inspect(electron);
  if (lackingPackages(after).length === 0) return [finding('installed', `${lacking.join(' ')} by apt-get`)];
  const rest = after.unresolved.join(' ') || 'Xvfb';
  return [{ ...finding('missing', `still lacking after apt-get: ${rest}`), command }];
}

async function inspect(electron: string): Promise<{ unresolved: string[]; hasXvfb: boolean }> {
  const ldd = await run('ldd', [electron], { timeoutMs: 20_000 });
  return { unresolved: unresolvedLibraries(ldd.stdout), hasXvfb: findOnPath('Xvfb') !== null };
}

function finding(state: Finding['state'], detail: string): Finding {
  return { thing: 'display', state, detail };
}
