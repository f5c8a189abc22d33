import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What the build reads, and what it leaves: relative to the project's folder. */
const INPUTS = [
  'src',
  'electron',
  'renderer',
  'electron.vite.config.ts',
  'tsconfig.json',
  'package.json',
  'package-lock.json',
];
const OUTPUTS = ['out/main/index.js', 'out/main/core.js', 'out/preload/index.cjs', 'out/renderer/index.html'];

/** Whether `out/` lacks something or is older than any source. */
export function isBuildStale(project: string): boolean {
  const outputs = OUTPUTS.map((file) => join(project, file));
  if (!outputs.every((file) => existsSync(file))) return true;
  const built = Math.min(...outputs.map((file) => statSync(file).mtimeMs));
  return INPUTS.some((input) => newest(join(project, input)) > built);
}

/** Latest change below a path, milliseconds since the epoch; tests do not count, they are not built. */
function newest(path: string): number {
  if (path.endsWith('.test.ts') || !existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}
