import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isBuildStale } from './freshness.ts';
import { run } from './run.ts';

/** The project's folder. */
export const PROJECT = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

/** Builds `out/` unless it is newer than all sources; throws with the build's own words when that fails. */
export async function ensureBuild(): Promise<void> {
  if (!isBuildStale(PROJECT)) return;
  console.log('  ...  building');
  const packageFile = createRequire(import.meta.url).resolve('electron-vite/package.json');
  const script = join(dirname(packageFile), 'bin', 'electron-vite.js');
  const result = await run(process.execPath, [script, 'build'], { timeoutMs: 10 * 60_000, cwd: PROJECT });
  if (!result.ok) throw new Error(`The build failed:\n${result.stdout}${result.stderr}`);
}

/** Runs a program in this terminal until it ends, passes signals on to it, and resolves with its exit code. */
export function runInTerminal(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', env, cwd: PROJECT });
    // Ctrl-C reaches the whole foreground group by itself; a signal to this process alone has to be handed on.
    const forward = (signal: NodeJS.Signals) => child.kill(signal);
    process.on('SIGTERM', forward);
    process.on('SIGINT', forward);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.off('SIGTERM', forward);
      process.off('SIGINT', forward);
      resolve(code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1));
    });
  });
}
