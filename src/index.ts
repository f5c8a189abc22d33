import path from 'node:path';
import type { CastToken } from './cast/access.ts';
import type { CastRemote } from './cast/types.ts';
import type { CoreConfig } from './config.ts';
import { isAbort, RaffiError } from './errors.ts';
import type { Health } from './health.ts';
import { createLog } from './log.ts';
import { type Network, Runtime } from './runtime.ts';
import type { SessionRequest } from './session/types.ts';
import { requestOfTorrentFile } from './torrent/torrent-request.ts';

/** What the embedding program is told: the sessions as they would have to be restored after a crash, or a fresh health. */
export type CoreEvent =
  | { type: 'sessions'; sessions: (SessionRequest & { id: string })[] }
  | { type: 'health'; health: Health };

export type { CastToken } from './cast/access.ts';

export interface CastTokenRequest {
  sessionId: string;
  /** Clamped to 30 s … 24 h; absent: 15 min. */
  ttlSeconds?: number;
}

/** The streaming core: the module's whole public face. */
export interface Core {
  /**
   * Listens, and opens the sessions of `restore` before the first request can ask for them. Idempotent; may be called again
   * after `stop()`. @throws `address_in_use`, `bad_config`.
   */
  start(options?: { restore?: readonly SessionRequest[] }): Promise<{ baseUrl: string }>;
  /** Within 2 s; frees every socket, process, timer and file. Idempotent. */
  stop(): Promise<void>;
  /** @throws `core_unavailable` when the core is not running. */
  health(): Health;
  /** Opens a session; the only way for local files (`kind: 'file'`, or `torrent` with the path of a `.torrent` file). Nothing is fetched before the answer. @throws `core_unavailable`, `source_*`. */
  open(request: SessionRequest): Promise<{ sessionId: string; name: string }>;
  /** @throws `core_unavailable`, and what `CastAccess.issue` throws. */
  issueCastToken(request: CastTokenRequest): Promise<CastToken>;
  /** The remote control of cast devices. Of the running core: one that is started again has another. @throws `core_unavailable` */
  readonly cast: CastRemote;
  /** Calls back on each change until the returned function is called. */
  subscribe(listener: (event: CoreEvent) => void): () => void;
}

/**
 * A core of its own: any number in one process, none disturbs another. Nothing happens before `start()`.
 *
 * @param network how names are looked up and how patient sources are; absent: as the system and the source's own rules say
 */
export function createCore(config: CoreConfig, network: Network = {}): Core {
  const log = createLog(config.logLevel);
  const listeners = new Set<(event: CoreEvent) => void>();
  let starting: Promise<Runtime> | undefined;
  let running: Runtime | undefined;
  let stopping: Promise<void> | undefined;

  const emit = (event: CoreEvent) => {
    for (const listener of listeners) listener(event);
  };
  const mustRun = () => {
    if (!running)
      throw new RaffiError('core_unavailable', 'The streaming core is not running. Start it first.');
    return running;
  };
  const onChange = () => {
    if (!running) return;
    emit({ type: 'sessions', sessions: running.store.list().map((session) => session.restoreRequest()) });
    emit({ type: 'health', health: running.health() });
  };
  const start = async (restore: readonly SessionRequest[], before: Promise<void> | undefined) => {
    await before;
    const runtime = await Runtime.start(config, log, { restore, onChange, network });
    running = runtime;
    log.info({ baseUrl: runtime.baseUrl }, 'the core is listening');
    runtime.findBinaries().then(onChange, (err: unknown) => {
      if (!isAbort(err)) log.warn({ err }, 'looking for ffmpeg failed');
    });
    return runtime;
  };

  const stop = async (begun: Promise<Runtime>) => {
    const runtime = await begun.catch(() => undefined);
    // A start that was still under way has just set it; a later start waits for this stop.
    running = undefined;
    if (!runtime) return;
    await runtime.close();
    log.info('the core has stopped');
  };

  return {
    async start({ restore = [] } = {}) {
      if (!starting) {
        const begun = start(restore, stopping);
        starting = begun;
        begun.catch(() => {
          if (starting === begun) starting = undefined;
        });
      }
      const { baseUrl } = await starting;
      return { baseUrl };
    },
    stop() {
      const begun = starting;
      if (!begun) return stopping ?? Promise.resolve();
      // At once: a start that is called next must make a core of its own, not be told of the one that is closing.
      starting = undefined;
      running = undefined;
      const ending = stop(begun).finally(() => {
        if (stopping === ending) stopping = undefined;
      });
      stopping = ending;
      return ending;
    },
    health: () => mustRun().health(),
    async open(request) {
      const { store } = mustRun();
      const session = store.create(await withTorrentFile(request));
      return { sessionId: session.id, name: session.snapshot().name };
    },
    async issueCastToken({ sessionId, ttlSeconds }) {
      return mustRun().castAccess.issue(sessionId, ttlSeconds);
    },
    get cast() {
      return mustRun().cast;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** A `.torrent` file of this computer is read once: the session must not depend on it later. */
async function withTorrentFile(request: SessionRequest): Promise<SessionRequest> {
  if (request.kind !== 'torrent' || !path.isAbsolute(request.source)) return request;
  return { ...request, ...(await requestOfTorrentFile(request.source)) };
}
