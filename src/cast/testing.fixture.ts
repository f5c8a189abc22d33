import { randomUUID } from 'node:crypto';
import { RaffiError } from '../errors.ts';
import type { MediaAsset, Session, SessionRequest, SessionStore, SessionView } from '../session/types.ts';
import type { CastAccess, CastToken } from './access.ts';

/** Sessions of which only that is there which casting asks for. */
export class CastableSessions {
  readonly #sessions = new Map<string, Session>();
  readonly requests: SessionRequest[] = [];
  readonly view: Partial<SessionView>;
  listeners = 0;

  constructor(view: Partial<SessionView> = {}) {
    this.view = view;
  }

  get store(): SessionStore {
    return {
      create: (request) => this.#add(request),
      get: (id) => {
        const session = this.#sessions.get(id);
        if (!session) throw new RaffiError('session_not_found', 'There is no such session.');
        return session;
      },
      list: () => [...this.#sessions.values()],
      remove: async (id) => this.#sessions.delete(id),
    };
  }

  get ids(): string[] {
    return [...this.#sessions.keys()];
  }

  #add(request: SessionRequest): Session {
    const id = randomUUID();
    const view = { id, name: 'film.mkv', audioIndex: request.audioIndex ?? 0, ...this.view };
    const playlist = '#EXTM3U\n#EXTINF:4,\n/sessions/x/stream/s0a0-0.ts\n#EXT-X-ENDLIST\n';
    const asset: MediaAsset = { parts: [new Uint8Array(1)], contentType: 'video/mp2t' };
    const session = {
      ...{ id, request },
      subscribe: () => {
        this.listeners += 1;
        return () => {
          this.listeners -= 1;
        };
      },
      view: async () => view,
      snapshot: () => view,
      setAudio: async () => {},
      streamPlaylist: async () => ({ text: playlist, sliceStartSeconds: 0 }),
      transportSegment: async () => asset,
    } as unknown as Session;
    this.requests.push(request);
    this.#sessions.set(id, session);
    return session;
  }
}

/** Tokens that can be made to expire, at an address that can be made to change. */
export class TestAccess implements CastAccess {
  readonly #sessions: CastableSessions;
  readonly tokens = new Set<string>();
  host = '192.168.1.5';
  renewals = 0;
  issueFails = false;
  #issued = 0;

  constructor(sessions: CastableSessions) {
    this.#sessions = sessions;
  }

  async issue(sessionId: string): Promise<CastToken> {
    this.#sessions.store.get(sessionId);
    if (this.issueFails && this.#issued > 0) throw new RaffiError('no_lan_address', 'No network.');
    this.#issued += 1;
    const token = `token${this.#issued}-${sessionId}`;
    this.tokens.add(token);
    return this.#describe(token);
  }

  renew(token: string): CastToken {
    const isThere = this.#sessions.ids.some((id) => token.endsWith(id));
    if (!isThere || !this.tokens.has(token)) throw new RaffiError('token_invalid', 'It has expired.');
    this.renewals += 1;
    return this.#describe(token);
  }

  revoke(token: string): void {
    this.tokens.delete(token);
  }

  #describe(token: string): CastToken {
    const sessionId = token.slice(token.indexOf('-') + 1);
    const base = `http://${this.host}:6969/sessions/${sessionId}`;
    const query = `?cast_token=${token}`;
    return {
      ...{ token, expiresAt: new Date(0).toISOString() },
      streamUrl: `${base}/stream${query}`,
      sessionUrl: base + query,
      masterUrl: `${base}/master.m3u8${query}`,
    };
  }
}
