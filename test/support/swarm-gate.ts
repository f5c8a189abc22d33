import { describe, type SuiteOptions } from 'vitest';
import { lackingSwarmPackages } from '../../build/setup/swarm.ts';

const lacking = await lackingSwarmPackages();

/** A `describe` for tests that need real torrent peers: where they are not installed it is skipped, and its name says what is lacking. */
export function describeWithSwarm(name: string, options: SuiteOptions, tests: () => void): void {
  if (lacking.length === 0) describe(name, options, tests);
  else
    describe.skip(
      `${name}: skipped, ${lacking.join(' and ')} not installed (npm run setup -- --tests)`,
      tests,
    );
}
