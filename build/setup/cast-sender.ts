import type { Finding } from './finding.ts';
import { pythonHas } from './python.ts';
import { ensureTestPackages, lackingOf, type TestPackages } from './test-packages.ts';

/** A cast sender by others, which the lab's receiver and our own sender are held against. */
const CAST_SENDER: TestPackages = {
  thing: 'cast',
  packages: { 'python3-pychromecast': () => pythonHas('pychromecast') },
  tests: 'the tests with another cast sender',
};

/** Empty: there is another sender. */
export function lackingCastSender(): Promise<string[]> {
  return lackingOf(CAST_SENDER);
}

export function ensureCastSender(): Promise<Finding> {
  return ensureTestPackages(CAST_SENDER);
}
