import type { Capabilities } from '../../../src/plan/types.ts';
import type { SessionEvent } from '../../../src/session/types.ts';
import type { ApiClient, NewSession } from '../api/client.ts';
import { listen } from '../api/events.ts';
import { ApiError, CORE_UNREACHABLE } from '../api/problem.ts';
import { type Item, linkTo, requestOf } from './item.ts';

export interface SessionLinkOptions {
  /** The client of the core as it is now; another one when a restart gave it another port. */
  api(): ApiClient;
  capabilities: Capabilities;
  /** What the viewer understands, BCP 47. */
  languages(): string[];
  onEvent(event: SessionEvent): void;
}

/** A film's session in the core: made on first need, listened to, and ended by whoever made the link. */
export class SessionLink {
  readonly #item: Item;
  readonly #options: SessionLinkOptions;
  #id: string | null;
  #isEnded = false;
  #downloadsAll = false;
  #stopListening = () => {};

  constructor(item: Item, options: SessionLinkOptions) {
    this.#item = item;
    this.#options = options;
    this.#id = item.kind === 'session' ? item.id : null;
  }

  get id(): string | null {
    return this.#id;
  }

  /** Whether a session that is gone can be made again from here. */
  get canReopen(): boolean {
    return requestOf(this.#item) !== null;
  }

  /** The session's id, listened to. `startTime` counts only where a session is made. Rejects with `ApiError`. */
  async open(startTime: number): Promise<string> {
    const id = this.#id ?? (await this.#create(startTime));
    this.listen();
    return id;
  }

  /** Listens anew: an event stream that met a restarting core has given up. */
  listen(): void {
    this.#stopListening();
    if (this.#id === null || this.#isEnded) return;
    const { api, onEvent } = this.#options;
    this.#stopListening = listen(api().eventsUrl(this.#id), onEvent);
  }

  /** The next `open()` makes a new session. The old one is ended, unless the core has forgotten it already. */
  renew(): void {
    if (this.canReopen) this.#drop();
  }

  end(): void {
    this.#isEnded = true;
    this.#drop();
  }

  /** For a page that goes away: no answer can be awaited any more. */
  abandon(): void {
    if (this.#id !== null) this.#options.api().abandonSession(this.#id);
  }

  /** Has all of a torrent's file fetched, or no more of it than plays; by a session that is made anew as well. Rejects with `ApiError`. */
  async downloadAll(isWanted: boolean): Promise<void> {
    if (this.#id === null) throw new ApiError(CORE_UNREACHABLE, 0);
    await this.#options.api().downloadAll(this.#id, isWanted);
    this.#downloadsAll = isWanted;
  }

  /**
   * Another file of a torrent, as a session that is nobody's yet: the torrent that both share goes on. Null when the link was ended meanwhile.
   * Rejects with `ApiError`.
   */
  async openFile(source: string, fileIdx: number, name: string): Promise<Item | null> {
    const id = await this.#ask({ source, kind: 'torrent', fileIdx });
    if (this.#isEnded) {
      this.#remove(id);
      return null;
    }
    const link = linkTo(this.#item);
    return { kind: 'session', id, name, ...(link === null ? {} : { from: { link, fileIdx } }) };
  }

  async #ask(request: Omit<NewSession, 'capabilities' | 'languages' | 'ladder'>): Promise<string> {
    const { api, capabilities, languages } = this.#options;
    const made = { ...request, capabilities, languages: languages(), ladder: true };
    return (await api().createSession(made)).id;
  }

  async #create(startTime: number): Promise<string> {
    const request = requestOf(this.#item);
    if (request === null) throw new ApiError(CORE_UNREACHABLE, 0);
    const id = await this.#ask({
      ...request,
      startTime,
      ...(this.#downloadsAll ? { downloadAll: true } : {}),
    });
    this.#id = id;
    // Closed while the answer was on its way: nobody else knows of this session.
    if (this.#isEnded) this.#drop();
    return id;
  }

  #drop(): void {
    this.#stopListening();
    const id = this.#id;
    this.#id = null;
    if (id !== null) this.#remove(id);
  }

  #remove(id: string): void {
    // A core that is down has no session to end.
    void this.#options
      .api()
      .removeSession(id)
      .catch(() => {});
  }
}
