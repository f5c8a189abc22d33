import { installCommand, installFfmpeg } from './ffmpeg.ts';
import type { Finding } from './finding.ts';
import { findOnPath, run } from './run.ts';

/** Finds ffplay, in which the tests play what the core delivers, or installs it: systems ship it with their ffmpeg, npm does not. */
export async function ensureFfplay(): Promise<Finding> {
  const present = await findFfplay();
  if (present !== null) return finding('found', present);
  const problem = await installFfmpeg('ffplay');
  const installed = await findFfplay();
  if (installed !== null) return finding('installed', installed);
  const detail =
    problem === null ? 'not found, and it cannot be installed without you' : `not installed: ${problem}`;
  return { ...finding('missing', detail), command: installCommand(process.platform) };
}

/** Its version and place, or null where there is none that runs. */
async function findFfplay(): Promise<string | null> {
  const path = findOnPath('ffplay');
  if (path === null) return null;
  const result = await run(path, ['-version'], { timeoutMs: 20_000 });
  const version = /^ffplay version (\S+)/.exec(result.stdout)?.[1];
  return version === undefined ? null : `${version} from PATH (${path})`;
}

function finding(state: Finding['state'], detail: string): Finding {
  return { thing: 'ffplay', state, detail };
}
