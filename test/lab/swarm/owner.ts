import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Disposes what it was given, last first. (Node 20 has no `AsyncDisposableStack`.) */
export class Owner implements AsyncDisposable {
  readonly #owned: AsyncDisposable[] = [];

  own<T extends AsyncDisposable>(thing: T): T {
    this.#owned.unshift(thing);
    return thing;
  }

  /** Waits for all of them, so that those that started are owned, and disposed, when another fails. */
  async ownAll<T extends AsyncDisposable>(things: readonly Promise<T>[]): Promise<T[]> {
    const owned = things.map((thing) => thing.then((started) => this.own(started)));
    await Promise.allSettled(owned);
    return Promise.all(owned);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const thing of this.#owned.splice(0)) await thing[Symbol.asyncDispose]();
  }
}

/** A new folder that its disposal removes with all that lies in it. */
export async function temporaryFolder(prefix: string): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), prefix));
  // The tracker runs as `nobody`.
  await chmod(path, 0o711);
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}
