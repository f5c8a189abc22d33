import { aptCommand, aptInstall, mayUseApt } from './apt.ts';
import type { Finding } from './finding.ts';
import { withoutServices } from './services.ts';

/** Programs of others that some tests run against, from Debian and its kin. */
export interface TestPackages {
  /** What the set-up calls them. */
  thing: string;
  /** Whether each is there, by the package that brings it. */
  packages: Readonly<Record<string, () => Promise<boolean>>>;
  /** Services that come with them: the tests start programs of their own, and nobody asked for daemons. */
  services?: readonly string[];
  /** Which tests will be skipped without them. */
  tests: string;
}

/** Those that are not there. */
export async function lackingOf({ packages }: TestPackages): Promise<string[]> {
  const found = await Promise.all(
    Object.entries(packages).map(async ([name, isThere]) => ((await isThere()) ? [] : [name])),
  );
  return found.flat();
}

/**
 * Finds them, or installs them. Where that is not possible the tests are skipped and say so, since none of it is for other systems than Debian's kin.
 */
export async function ensureTestPackages(wanted: TestPackages): Promise<Finding> {
  const { thing, packages, services = [], tests } = wanted;
  const skipped = (detail: string, command: string): Finding => {
    return { thing, state: 'skipped', detail: `${detail}; ${tests} will be skipped`, command };
  };
  const lacking = await lackingOf(wanted);
  if (lacking.length === 0) return { thing, state: 'found', detail: Object.keys(packages).join(', ') };
  const command = aptCommand(lacking);
  if (!mayUseApt()) return skipped(`lacking: ${lacking.join(' ')}`, command);
  console.log(`  ...  installing ${lacking.join(' ')} with apt-get; this can take a minute`);
  const result = await withoutServices(
    services.filter((service) => lacking.includes(service)),
    () => aptInstall(lacking),
  );
  if (!result.ok) return skipped(`not installed: ${result.reason}`, command);
  const rest = await lackingOf(wanted);
  if (rest.length > 0) return skipped(`still lacking after apt-get: ${rest.join(' ')}`, command);
  const without = services.length > 0 ? ', without their services' : '';
  return { thing, state: 'installed', detail: `${lacking.join(' ')} by apt-get${without}` };
}
