import { constants } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';

interface Entry {
  handle: Promise<FileHandle>;
  users: number;
  discarded: boolean;
}

/** Where there is no O_NOFOLLOW (Windows), the folder's own permissions have to do. */
const FLAGS = constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0);

/** Keeps few of a cache's many files open: the ones used last. A file in use is never closed under its user. */
export class FilePool {
  readonly #open = new Map<string, Entry>();
  readonly #maxOpen: number;
  /** Removals under way, by path: a file opened anew meanwhile must not be the one that is about to lose its name. */
  readonly #removals = new Map<string, Promise<void>>();
  /** Closings and removals under way, to be waited for at the end. */
  readonly #pending = new Set<Promise<void>>();

  constructor(maxOpen = 16) {
    this.#maxOpen = maxOpen;
  }

  /** Opens (or creates) the file for one task. */
  async use<T>(path: string, task: (handle: FileHandle) => Promise<T>): Promise<T> {
    const entry = this.#open.get(path) ?? { handle: this.#openFile(path), users: 0, discarded: false };
    entry.users += 1;
    this.#open.delete(path);
    this.#open.set(path, entry);
    this.#closeIdle();
    try {
      return await task(await entry.handle);
    } catch (error) {
      // A file that could not be opened is tried anew next time.
      if (this.#open.get(path) === entry && (await failed(entry.handle))) this.#open.delete(path);
      throw error;
    } finally {
      entry.users -= 1;
      if (entry.discarded && entry.users === 0) this.#close(entry);
    }
  }

  /** Removes a file; its disk space is free once its last user is done. Whoever uses the path from now on gets a new one. */
  discard(path: string): void {
    const entry = this.#open.get(path);
    this.#open.delete(path);
    if (entry) {
      entry.discarded = true;
      if (entry.users === 0) this.#close(entry);
    }
    // Not before an opening under way is done, which would make the file again.
    const opened = entry?.handle.catch(() => {}) ?? Promise.resolve();
    const removal = this.#track(opened.then(() => rm(path, { force: true })));
    this.#removals.set(path, removal);
    removal.then(() => {
      if (this.#removals.get(path) === removal) this.#removals.delete(path);
    });
  }

  /** Closes all files and waits for it. Tasks under way are let finish. */
  async close(): Promise<void> {
    for (const entry of this.#open.values()) {
      entry.discarded = true;
      if (entry.users === 0) this.#close(entry);
    }
    this.#open.clear();
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  #closeIdle(): void {
    if (this.#open.size <= this.#maxOpen) return;
    for (const [path, entry] of this.#open) {
      if (entry.users > 0) continue;
      this.#open.delete(path);
      this.#close(entry);
      if (this.#open.size <= this.#maxOpen) return;
    }
  }

  #close(entry: Entry): void {
    this.#track(entry.handle.then((handle) => handle.close()));
  }

  async #openFile(path: string): Promise<FileHandle> {
    await this.#removals.get(path);
    return open(path, FLAGS, 0o600);
  }

  /** Never rejects. */
  #track(work: Promise<void>): Promise<void> {
    // A file that cannot be closed or removed lies in the run's folder, which goes as a whole at the end.
    const done = work.catch(() => {}).finally(() => this.#pending.delete(done));
    this.#pending.add(done);
    return done;
  }
}

function failed(promise: Promise<unknown>): Promise<boolean> {
  return promise.then(
    () => false,
    () => true,
  );
}
