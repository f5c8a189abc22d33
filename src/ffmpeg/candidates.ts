import { createRequire } from 'node:module';
import { posix, sep, win32 } from 'node:path';

export type Tool = 'ffmpeg' | 'ffprobe';

/** Where a binary was found: the caller's own wish, the packaged app, an npm package, or `PATH`. */
export type Origin = 'config' | 'resources' | 'npm' | 'path';

export interface Candidate {
  tool: Tool;
  path: string;
  origin: Origin;
}

/** The program's file name on a platform. */
export function fileName(tool: Tool, platform: NodeJS.Platform): string {
  return platform === 'win32' ? `${tool}.exe` : tool;
}

/**
 * Where `PATH` may hold a tool, in its order. Empty and relative entries are left out: they mean the current folder, from which
 * nothing should be run. Windows entries may be quoted.
 */
export function pathCandidates(tool: Tool, path: string, platform: NodeJS.Platform): Candidate[] {
  const { delimiter, isAbsolute, join } = platform === 'win32' ? win32 : posix;
  const folders = path
    .split(delimiter)
    .map((entry) => entry.trim().replace(/^"(.*)"$/, '$1'))
    .filter((entry) => isAbsolute(entry));
  return [...new Set(folders)].map((folder) => ({
    tool,
    path: join(folder, fileName(tool, platform)),
    origin: 'path',
  }));
}

/** `process.env.PATH`, however Windows spells its name. */
export function searchPath(env: NodeJS.ProcessEnv): string {
  const name = Object.keys(env).find((key) => key.toUpperCase() === 'PATH');
  return (name && env[name]) || '';
}

/**
 * The npm package's binary. `ffmpeg-static` is an optional dependency whose install script may have failed, so it is looked up at
 * run time, by a require that no bundler follows. Inside an asar archive nothing can be run: its unpacked twin is meant.
 */
export function npmCandidates(tool: Tool): Candidate[] {
  const load = createRequire(import.meta.url);
  const packageName = `${tool}-static`;
  try {
    const exported: unknown = load(packageName);
    const path = typeof exported === 'string' ? exported : (exported as { path?: unknown } | null)?.path;
    if (typeof path !== 'string') return [];
    return [{ tool, path: path.replace(`app.asar${sep}`, `app.asar.unpacked${sep}`), origin: 'npm' }];
  } catch {
    return [];
  }
}
