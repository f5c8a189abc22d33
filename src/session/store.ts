import { randomUUID } from 'node:crypto';
import { RaffiError } from '../errors.ts';
import type { SessionDeps } from './deps.ts';
import { FilmSession } from './film-session.ts';
import type { Session, SessionRequest, SessionStore } from './types.ts';

/** A session nobody asked for anything in this long, and nobody listens to, is given up: its player is gone. */
const IDLE_LIMIT_MS = 6 * 60 * 60 * 1000;
const SWEEP_INTERVAL_MS = 5 * 60 * 1000;
/** More open films than any person has; past it the one unused for longest makes room. */
const MAX_SESSIONS = 200;

/** The open films of one core. */
export class FilmSessionStore implements SessionStore {
  readonly #sessions = new Map<string, FilmSession>();
  readonly #deps: SessionDeps;
  readonly #sweeper: NodeJS.Timeout;

  constructor(deps: SessionDeps) {
    this.#deps = deps;
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP_INTERVAL_MS).unref();
  }

  create(request: SessionRequest, { sharing }: { sharing?: string } = {}): Session {
    const id = request.id ?? randomUUID();
    const sibling = sharing === undefined ? undefined : this.get(sharing);
    if (this.#sessions.has(id))
      throw new RaffiError('bad_request', 'A session with this id is open already.');
    if (this.#sessions.size >= MAX_SESSIONS) this.#closeQuietly(this.#leastRecentlyUsed());
    const session = new FilmSession(id, request, this.#deps, sibling);
    this.#sessions.set(id, session);
    this.#deps.onChange();
    return session;
  }

  get(id: string): FilmSession {
    const session = this.#sessions.get(id);
    if (!session) {
      throw new RaffiError(
        'session_not_found',
        'There is no such session, or it was closed. Open the film again.',
      );
    }
    return session;
  }

  list(): FilmSession[] {
    return [...this.#sessions.values()];
  }

  async remove(id: string): Promise<boolean> {
    const session = this.#sessions.get(id);
    if (!session) return false;
    this.#sessions.delete(id);
    this.#deps.onRemoved(id);
    this.#deps.onChange();
    await session.close();
    return true;
  }

  /** Closes every session. */
  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    await Promise.all(this.list().map(({ id }) => this.remove(id)));
  }

  #sweep(): void {
    const now = this.#deps.now();
    for (const session of this.list()) {
      if (now - session.lastUsedAt > IDLE_LIMIT_MS) this.#closeQuietly(session);
    }
  }

  #leastRecentlyUsed(): FilmSession | undefined {
    return this.list().toSorted((a, b) => a.lastUsedAt - b.lastUsedAt)[0];
  }

  #closeQuietly(session: FilmSession | undefined): void {
    if (!session) return;
    this.remove(session.id).catch((err: unknown) => {
      this.#deps.log.warn({ err, session: session.id }, 'closing an idle session failed');
    });
  }
}
