import type { IpcHealth, RaffiApi } from '../../../electron/ipc/contract.ts';
import { type ApiClient, createClient } from '../api/client.ts';

/** The supervisor's view of the core, followed for as long as the window lives. */
export class Health {
  current: IpcHealth = $state.raw({
    state: 'starting',
    baseUrl: null,
    version: '',
    ffmpeg: null,
    sessions: 0,
  });
  #client: ApiClient | null = null;
  readonly #listeners = new Set<(health: IpcHealth) => void>();

  constructor(bridge: RaffiApi) {
    bridge.health.subscribe((health) => {
      this.current = health;
      if (health.baseUrl !== null && health.baseUrl !== this.#client?.baseUrl) {
        this.#client = createClient(health.baseUrl);
      }
      for (const listener of this.#listeners) listener(health);
    });
  }

  /** Called with every later change until the returned function is called. */
  onChange(listener: (health: IpcHealth) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Once the core has listened for the first time. Waits for ever when it never does: the banner then says why. */
  client(): Promise<ApiClient> {
    const client = this.#client;
    if (client !== null) return Promise.resolve(client);
    return new Promise((resolve) => {
      const stop = this.onChange(() => {
        if (this.#client === null) return;
        stop();
        resolve(this.#client);
      });
    });
  }

  /** The client of the core as it is now; only after `client()`. */
  clientNow(): ApiClient {
    if (this.#client === null) throw new Error('The core has not listened yet');
    return this.#client;
  }
}
