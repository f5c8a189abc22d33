import { aptCommand, aptInstall, mayUseApt } from './apt.ts';
import type { Finding } from './finding.ts';
import { findOnPath, run } from './run.ts';
import { withoutServices } from './services.ts';

/** Debian's own: its libtorrent is not seen by a Python that a version manager put first on `PATH`. */
export const PYTHON = '/usr/bin/python3';

/** Programs of the tests' torrent swarm, by the package of Debian and Ubuntu that brings each. */
const PACKAGES = {
  'transmission-daemon': () => onPath('transmission-daemon'),
  aria2: () => onPath('aria2c'),
  opentracker: () => onPath('opentracker'),
  'python3-libtorrent': async () =>
    (await run(PYTHON, ['-c', 'import libtorrent'], { timeoutMs: 20_000 })).ok,
} as const;

/** The services that these packages bring: the tests start programs of their own, and nobody asked for daemons. */
const SERVICES = ['transmission-daemon', 'opentracker'];

/** Packages whose programs are not there. Empty: the lab can make swarms. */
export async function lackingSwarmPackages(): Promise<string[]> {
  const found = await Promise.all(
    Object.entries(PACKAGES).map(async ([name, isThere]) => ((await isThere()) ? [] : [name])),
  );
  return found.flat();
}

/**
 * Finds the peers and the tracker that the torrent tests run against, or installs them. Where that is not possible the tests are
 * skipped and say so, since none of it is for other systems than Debian's kin.
 */
export async function ensureSwarm(): Promise<Finding> {
  const lacking = await lackingSwarmPackages();
  if (lacking.length === 0) return finding('found', Object.keys(PACKAGES).join(', '));
  const command = aptCommand(lacking);
  if (!mayUseApt()) return { ...finding('skipped', `lacking: ${lacking.join(' ')}`), command };
  console.log(`  ...  installing ${lacking.join(' ')} with apt-get; this can take a minute`);
  const result = await withoutServices(
    SERVICES.filter((service) => lacking.includes(service)),
    () => aptInstall(lacking),
  );
  if (!result.ok) return { ...finding('skipped', `not installed: ${result.reason}`), command };
  const rest = await lackingSwarmPackages();
  if (rest.length === 0)
    return finding('installed', `${lacking.join(' ')} by apt-get, without their services`);
  return { ...finding('skipped', `still lacking after apt-get: ${rest.join(' ')}`), command };
}

async function onPath(name: string): Promise<boolean> {
  return findOnPath(name) !== null;
}

function finding(state: Finding['state'], detail: string): Finding {
  const note = state === 'skipped' ? '; the tests that need real torrent peers will be skipped' : '';
  return { thing: 'swarm', state, detail: `${detail}${note}` };
}
