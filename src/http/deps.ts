import type { LanAccess } from '../cast/lan-access.ts';
import type { CoreConfig } from '../config.ts';
import type { Health } from '../health.ts';
import type { Log } from '../log.ts';
import type { SessionStore } from '../session/types.ts';
import type { TorrentEngine } from '../torrent/torrent-engine.ts';

/** What the HTTP face needs of the core behind it. */
export interface AppDeps {
  store: SessionStore;
  torrents: Pick<TorrentEngine, 'get' | 'acquire'>;
  health: () => Health;
  config: Pick<CoreConfig, 'allowedOrigins' | 'dev'>;
  log: Log;
  castAccess: Pick<LanAccess, 'issue' | 'verify' | 'stats'>;
}
