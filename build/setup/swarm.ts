import type { Finding } from './finding.ts';
import { pythonHas } from './python.ts';
import { findOnPath } from './run.ts';
import { ensureTestPackages, lackingOf, type TestPackages } from './test-packages.ts';

/** The peers and the tracker that the torrent tests run against. */
const SWARM: TestPackages = {
  thing: 'swarm',
  packages: {
    'transmission-daemon': async () => findOnPath('transmission-daemon') !== null,
    aria2: async () => findOnPath('aria2c') !== null,
    opentracker: async () => findOnPath('opentracker') !== null,
    'python3-libtorrent': () => pythonHas('libtorrent'),
  },
  services: ['transmission-daemon', 'opentracker'],
  tests: 'the tests that need real torrent peers',
};

/** Packages whose programs are not there. Empty: the lab can make swarms. */
export function lackingSwarmPackages(): Promise<string[]> {
  return lackingOf(SWARM);
}

export function ensureSwarm(): Promise<Finding> {
  return ensureTestPackages(SWARM);
}
