import type { ByteSource } from '../source/byte-source.ts';
import type { TorrentEngine } from './torrent-engine.ts';
import { type TorrentRequest, torrentSpecOf } from './torrent-request.ts';

/** More torrents than anybody has open. */
const MAX_LINKS = 200;

/**
 * Which torrents the URLs of `.torrent` files have led to. As long as one is open, another session of its URL has a share in it from the beginning,
 * as those of magnet links do: the next episode is opened before the last one is closed, and the peers stay.
 */
export class TorrentLinks {
  readonly #engine: Pick<TorrentEngine, 'get'>;
  readonly #infoHashes = new Map<string, string>();

  constructor(engine: Pick<TorrentEngine, 'get'>) {
    this.#engine = engine;
  }

  /** As `torrentSpecOf`. */
  specOf(request: TorrentRequest, open: (url: string) => ByteSource): ReturnType<typeof torrentSpecOf> {
    const spec = torrentSpecOf(request, open);
    if (typeof spec !== 'function') return spec;
    const known = this.#engine.get(this.#infoHashes.get(request.source) ?? '');
    if (known) return known.spec;
    return async (signal) => {
      const fetched = await spec(signal);
      this.#remember(request.source, fetched.infoHash);
      return fetched;
    };
  }

  #remember(url: string, infoHash: string): void {
    this.#infoHashes.delete(url);
    this.#infoHashes.set(url, infoHash);
    for (const oldest of this.#infoHashes.keys()) {
      if (this.#infoHashes.size <= MAX_LINKS) return;
      this.#infoHashes.delete(oldest);
    }
  }
}
