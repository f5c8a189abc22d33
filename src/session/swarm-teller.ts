import type { TorrentStatus } from '../torrent/status.ts';

const INTERVAL_MS = 1_000;

/** Tells those who listen to a session how its torrent does, as long as that changes. For other sources there is nothing to tell. */
export class SwarmTeller {
  readonly #timer: NodeJS.Timeout | undefined;
  #told = '';

  constructor(status: (() => TorrentStatus | undefined) | undefined, tell: (status: TorrentStatus) => void) {
    if (!status) return;
    this.#timer = setInterval(() => {
      const now = status();
      const text = JSON.stringify(now);
      if (now === undefined || text === this.#told) return;
      this.#told = text;
      tell(now);
    }, INTERVAL_MS).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
