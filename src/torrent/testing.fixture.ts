import { tmpdir } from 'node:os';
import { createLog } from '../log.ts';
import { CacheBudget } from '../source/range-cache/cache-budget.ts';
import { DEFAULT_TORRENT_SETTINGS, type TorrentSettings } from './settings.ts';
import { TorrentEngine } from './torrent-engine.ts';
import { TorrentShelf } from './torrent-shelf.ts';

/** For tests and benches: peers on this computer only, and found by nothing but what the link names. */
export const LOOPBACK_SETTINGS: TorrentSettings = {
  ...DEFAULT_TORRENT_SETTINGS,
  features: [],
  host: '127.0.0.1',
};

/** An engine that nobody gives a torrent: it has no thread. */
export function idleTorrents(): TorrentEngine {
  const budget = new CacheBudget(1);
  return new TorrentEngine({
    settings: LOOPBACK_SETTINGS,
    entry: null,
    folder: tmpdir(),
    shelf: new TorrentShelf({ folder: tmpdir(), budget, keeps: true }),
    budget,
    log: createLog('silent'),
  });
}
