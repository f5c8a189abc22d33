import { RaffiError } from '../errors.ts';
import type { SessionStore } from '../session/types.ts';
import type { CastAccess, CastToken } from './access.ts';
import { LanListeners, type LanListenersOptions } from './lan-listeners.ts';
import { CastTokens } from './tokens.ts';

export interface LanAccessOptions extends LanListenersOptions {
  sessions: Pick<SessionStore, 'get'>;
}

/** For `/stats`. */
export interface LanAccessStats {
  tokens: number;
  /** What devices are told; null while no token is valid. */
  baseUrl: string | null;
}

/** The core's `CastAccess`: tokens, and sockets in the network that are open exactly as long as there are any. */
export class LanAccess implements CastAccess {
  readonly #sessions: LanAccessOptions['sessions'];
  readonly #tokens: CastTokens;
  readonly #listeners: LanListeners;

  constructor({ sessions, ...options }: LanAccessOptions) {
    this.#sessions = sessions;
    this.#listeners = new LanListeners(options);
    const onLastGone = () => void this.#listeners.close();
    this.#tokens = new CastTokens({ now: () => Date.now(), onLastGone });
  }

  async issue(sessionId: string, ttlSeconds?: number): Promise<CastToken> {
    this.#sessions.get(sessionId);
    // The token first: it keeps open what is opened for it.
    const { token, expiresAtMs } = this.#tokens.issue(sessionId, ttlSeconds);
    try {
      const baseUrl = await this.#listeners.open();
      // Throws when it was closed meanwhile, and its tokens revoked.
      this.#sessions.get(sessionId);
      return describe(baseUrl, sessionId, token, expiresAtMs);
    } catch (error) {
      this.#tokens.revoke(token);
      throw error;
    }
  }

  renew(token: string, ttlSeconds?: number): CastToken {
    const { sessionId, expiresAtMs } = this.#tokens.renew(token, ttlSeconds);
    const { baseUrl } = this.#listeners;
    if (baseUrl === null)
      throw new RaffiError('no_lan_address', 'Raffi is just leaving the network. Cast again.');
    return describe(baseUrl, sessionId, token, expiresAtMs);
  }

  revoke(token: string): void {
    this.#tokens.revoke(token);
  }

  /** See `CastTokens.verify`. */
  verify(token: string, sessionId: string, device: string | null): boolean {
    return this.#tokens.verify(token, sessionId, device);
  }

  /** Whether a film is cast to this address. */
  isDevice(address: string): boolean {
    return this.#tokens.isDevice(address);
  }

  /** Its tokens end with a session. */
  sessionClosed(sessionId: string): void {
    this.#tokens.revokeSession(sessionId);
  }

  stats(): LanAccessStats {
    return { tokens: this.#tokens.count, baseUrl: this.#listeners.baseUrl };
  }

  async close(): Promise<void> {
    this.#tokens.close();
    await this.#listeners.close();
  }
}

function describe(baseUrl: string, sessionId: string, token: string, expiresAtMs: number): CastToken {
  const sessionUrl = `${baseUrl}/sessions/${sessionId}`;
  const query = `?cast_token=${token}`;
  return {
    token,
    expiresAt: new Date(expiresAtMs).toISOString(),
    streamUrl: `${sessionUrl}/stream${query}`,
    sessionUrl: `${sessionUrl}${query}`,
    masterUrl: `${sessionUrl}/master.m3u8${query}`,
  };
}
