import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { Deferred } from '../deferred.ts';
import type { CacheBudget, Evictable } from '../source/range-cache/cache-budget.ts';

const INFO_HASH = /^[0-9a-f]{40}$/;
/** A torrent's folder in a run's folder: its info-hash, and what tells it from an earlier one of the same. */
const IN_RUN = /^torrent-([0-9a-f]{40})-/;

export interface TorrentShelfOptions {
  /** In the cache folder, for all runs. */
  folder: string;
  budget: CacheBudget;
  /** Otherwise what an earlier run kept is removed, and nothing is kept. */
  keeps: boolean;
}

/**
 * The folders of torrents that nobody has open, kept for the next time and counted against the budget of all films. Who opens one takes its
 * folder away into the run's own: two cores never write to the same, and what a crash leaves is found in the dead run's folder.
 */
export class TorrentShelf {
  readonly #options: TorrentShelfOptions;
  readonly #ready = new Deferred<void>();
  readonly #entries = new Map<string, Evictable>();
  readonly #work = new Set<Promise<void>>();

  constructor(options: TorrentShelfOptions) {
    this.#options = options;
  }

  /** Name of a torrent's folder in a run's. */
  static nameInRun(infoHash: string, key: string): string {
    return `torrent-${infoHash}-${key}`;
  }

  /** Looks at what is there, once what dead runs left has been `rescue`d. Until then all others wait. */
  open(rescued: Promise<unknown>): void {
    const { folder, keeps } = this.#options;
    rescued
      .then(() => (keeps ? this.#list() : rm(folder, { recursive: true, force: true })))
      .catch(() => {})
      .finally(() => this.#ready.resolve());
  }

  /** Moves the torrents of a dead run here. Never rejects. */
  async rescue(runFolder: string): Promise<void> {
    if (!this.#options.keeps) return;
    for (const name of await readdir(runFolder).catch(() => [])) {
      const infoHash = IN_RUN.exec(name)?.[1];
      if (infoHash !== undefined) await this.#move(path.join(runFolder, name), infoHash).catch(() => {});
    }
  }

  /** Moves what is kept of a torrent, if anything, to `target`. Never rejects. */
  async take(infoHash: string, target: string): Promise<void> {
    await this.#ready.promise;
    const entry = this.#entries.get(infoHash);
    if (entry === undefined) return;
    this.#entries.delete(infoHash);
    this.#options.budget.release(entry);
    await rename(this.#pathOf(infoHash), target).catch(() => {});
  }

  /** Keeps a torrent's folder, or removes it. */
  async put(infoHash: string, source: string): Promise<void> {
    await this.#ready.promise;
    if (this.#options.keeps) {
      try {
        const { bytes } = await measure(source);
        await rm(this.#pathOf(infoHash), { recursive: true, force: true });
        await this.#move(source, infoHash);
        this.#count(infoHash, bytes);
        return;
      } catch {
        // It was never started, or cannot be kept.
      }
    }
    await rm(source, { recursive: true, force: true, maxRetries: 3 });
  }

  /** Settles when all that was given up is removed. */
  async close(): Promise<void> {
    while (this.#work.size > 0) await Promise.all(this.#work);
  }

  async #list(): Promise<void> {
    const { folder } = this.#options;
    const names = (await readdir(folder).catch(() => [])).filter((name) => INFO_HASH.test(name));
    const kept = await Promise.all(
      names.map(async (infoHash) => ({ infoHash, ...(await measure(this.#pathOf(infoHash))) })),
    );
    // What was put here last is given up last.
    for (const { infoHash, bytes } of kept.sort((a, b) => a.usedMs - b.usedMs)) this.#count(infoHash, bytes);
  }

  #count(infoHash: string, bytes: number): void {
    const { budget } = this.#options;
    const remove = () => {
      this.#entries.delete(infoHash);
      const work = rm(this.#pathOf(infoHash), { recursive: true, force: true })
        .catch(() => {})
        .finally(() => this.#work.delete(work));
      this.#work.add(work);
    };
    const entry: Evictable = { isPinned: () => false, evict: remove, isIdle: true };
    this.#entries.set(infoHash, entry);
    if (!budget.charge(entry, bytes)) {
      budget.release(entry);
      remove();
    }
  }

  async #move(source: string, infoHash: string): Promise<void> {
    await mkdir(this.#options.folder, { recursive: true, mode: 0o700 });
    await rename(source, this.#pathOf(infoHash));
    const now = new Date();
    await utimes(this.#pathOf(infoHash), now, now);
  }

  #pathOf(infoHash: string): string {
    return path.join(this.#options.folder, infoHash);
  }
}

async function measure(folder: string): Promise<{ bytes: number; usedMs: number }> {
  const { mtimeMs } = await stat(folder);
  let bytes = 0;
  for (const name of await readdir(folder)) bytes += (await stat(path.join(folder, name))).size;
  return { bytes, usedMs: mtimeMs };
}
