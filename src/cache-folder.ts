import os from 'node:os';
import path from 'node:path';

/**
 * Where the cache lies unless told otherwise: this user's own cache folder, by the platform's rule. Not the system's temporary folder, which
 * users share, so that the first one's folder shuts the others out, and which often lies in memory.
 *
 * @see https://specifications.freedesktop.org/basedir-spec/latest/ for `XDG_CACHE_HOME`
 */
export function defaultCacheFolder(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
  home: string = os.homedir(),
): string {
  if (platform === 'darwin') return path.posix.join(home, 'Library', 'Caches', 'Raffi', 'films');
  if (platform === 'win32') {
    const local = env.LOCALAPPDATA || path.win32.join(home, 'AppData', 'Local');
    return path.win32.join(local, 'Raffi', 'Cache', 'films');
  }
  const base = env.XDG_CACHE_HOME;
  // The specification: a relative path is to be ignored.
  const caches = base && path.posix.isAbsolute(base) ? base : path.posix.join(home, '.cache');
  return path.posix.join(caches, 'raffi', 'films');
}
