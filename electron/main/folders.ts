import { join } from 'node:path';

/**
 * Where the core keeps what it fetched of films. Not `cache`: Chromium keeps its own `Cache` in `sessionData`, and most disks of
 * Windows and macOS take the two for one folder.
 */
export function filmCacheFolder(sessionData: string): string {
  return join(sessionData, 'film-cache');
}
