import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { findElectron } from './electron.ts';
import { ensureBuild, PROJECT, runInTerminal } from './project.ts';
import { setUp } from './set-up.ts';

// `npm start -- <URL or path>`: set-up, a build if there is need, then the app; without a display the headless core.
const window = hasDisplay();
const complete = await setUp({ electron: window, tests: false });
const targets = process.argv.slice(2).map(absolute);
if (!complete) {
  console.log('Something is missing: do what is said above, then try again.');
  process.exitCode = 1;
} else if (window) {
  process.exitCode = await openApp();
} else {
  console.log(
    'There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set): running the headless core instead.',
  );
  process.exitCode = await runCore();
}

async function openApp(): Promise<number> {
  const electron = findElectron();
  if (electron === null) throw new Error('There is no Electron binary. Type: npm run setup');
  await ensureBuild();
  // Chromium refuses to run its sandbox as root; for everybody else it stays on.
  const flags = process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const { ELECTRON_RUN_AS_NODE: _unset, ...env } = process.env;
  return runInTerminal(electron.executable, [...flags, PROJECT, '--', ...targets], env);
}

function runCore(): Promise<number> {
  const tsx = createRequire(import.meta.url).resolve('tsx/cli');
  return runInTerminal(process.execPath, [tsx, join(PROJECT, 'src/cli.ts'), ...targets], process.env);
}

function hasDisplay(): boolean {
  if (process.platform !== 'linux') return true;
  return Boolean(process.env.DISPLAY) || Boolean(process.env.WAYLAND_DISPLAY);
}

/** npm runs scripts in the project's folder; a relative path means the folder the person was in. */
function absolute(target: string): string {
  const path = resolve(process.env.INIT_CWD ?? process.cwd(), target);
  return existsSync(path) ? path : target;
}
