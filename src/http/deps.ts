import type { CoreConfig } from '../config.ts';
import type { Health } from '../health.ts';
import type { Log } from '../log.ts';
import type { SessionStore } from '../session/types.ts';
import type { TorrentEngine } from '../torrent/torrent-engine.ts';
import type { CastTokenVerifier } from './guard/guard.ts';

/** What the HTTP face needs of the core behind it. */
export interface AppDeps {
  store: SessionStore;
  torrents: Pick<TorrentEngine, 'get' | 'acquire'>;
  health: () => Health;
  config: Pick<CoreConfig, 'allowedOrigins' | 'dev'>;
  log: Log;
  /** Absent: no token is valid, so nobody but this computer gets in. */
  verifyCastToken?: CastTokenVerifier;
}
