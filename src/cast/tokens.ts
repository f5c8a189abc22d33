import { createHash, randomBytes } from 'node:crypto';
import { RaffiError } from '../errors.ts';
import { plainAddress } from '../plain-address.ts';
import { RateWindow } from '../rate-window.ts';

const TOKEN_BYTES = 32;
/** What such a token looks like in base64url. */
const TOKEN_FORM = /^[\w-]{43}$/;
const DEFAULT_TTL_SECONDS = 15 * 60;
const MIN_TTL_SECONDS = 30;
const MAX_TTL_SECONDS = 24 * 60 * 60;
const SWEEP_INTERVAL_MS = 30_000;
/** A film is cast to one device; the rest is for trying again. */
const MAX_PER_SESSION = 16;
const MAX_IN_ALL = 256;
const ISSUES = { limit: 60, windowMs: 60_000 };

interface Grant {
  sessionId: string;
  expiresAtMs: number;
  /** Address of the device that used it first; null until one does. */
  device: string | null;
}

/**
 * The cast tokens of one core. They are kept and looked up by their SHA-256 alone: that takes the same time however many there are, and what
 * the time of a look-up might tell is about the digest of a guess, from which nobody finds a token (contract, "LAN guard": constant time).
 */
export class CastTokens {
  readonly #grants = new Map<string, Grant>();
  readonly #issued: RateWindow;
  readonly #options: CastTokensOptions;
  readonly #sweeper: NodeJS.Timeout;

  constructor(options: CastTokensOptions) {
    this.#options = options;
    this.#issued = new RateWindow({ ...ISSUES, now: options.now });
    this.#sweeper = setInterval(() => this.sweep(), SWEEP_INTERVAL_MS).unref();
  }

  /** How many there are, expired ones not swept yet included. */
  get count(): number {
    return this.#grants.size;
  }

  /**
   * @param ttlSeconds clamped to 30 s … 24 h
   * @throws `too_many_requests` past what one session or all may hold, or in one minute
   */
  issue(sessionId: string, ttlSeconds?: number): { token: string; expiresAtMs: number } {
    this.sweep();
    this.#checkLimits(sessionId);
    this.#issued.note();
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const expiresAtMs = this.#expiry(ttlSeconds);
    this.#grants.set(digestOf(token), { sessionId, expiresAtMs, device: null });
    return { token, expiresAtMs };
  }

  /**
   * Whether a token opens a session to a device now. Its first device is its only one.
   *
   * @param device the socket's peer; null for this computer, which issues tokens and thus may look with any
   */
  verify(token: string, sessionId: string, device: string | null): boolean {
    const grant = this.#valid(token);
    if (grant?.sessionId !== sessionId) return false;
    if (device === null) return true;
    const address = plainAddress(device);
    grant.device ??= address;
    return grant.device === address;
  }

  /** Whether a device uses a token that is valid now. */
  isDevice(address: string): boolean {
    const device = plainAddress(address);
    const nowMs = this.#options.now();
    for (const grant of this.#grants.values()) {
      if (grant.device === device && grant.expiresAtMs > nowMs) return true;
    }
    return false;
  }

  /** Lets a token last so long from now. @throws `token_invalid` */
  renew(token: string, ttlSeconds?: number): { sessionId: string; expiresAtMs: number } {
    const grant = this.#valid(token);
    if (!grant)
      throw new RaffiError('token_invalid', 'The cast token has expired or was revoked. Cast again.');
    grant.expiresAtMs = this.#expiry(ttlSeconds);
    return { ...grant };
  }

  revoke(token: string): void {
    const digest = digestOf(token);
    this.#remove((_, key) => key === digest);
  }

  revokeSession(sessionId: string): void {
    this.#remove((grant) => grant.sessionId === sessionId);
  }

  /** Forgets what has expired. */
  sweep(): void {
    const nowMs = this.#options.now();
    this.#remove(({ expiresAtMs }) => expiresAtMs <= nowMs);
  }

  close(): void {
    clearInterval(this.#sweeper);
    this.#remove(() => true);
  }

  #valid(token: string): Grant | undefined {
    if (!TOKEN_FORM.test(token)) return undefined;
    const grant = this.#grants.get(digestOf(token));
    return grant && grant.expiresAtMs > this.#options.now() ? grant : undefined;
  }

  #remove(isGone: (grant: Grant, digest: string) => boolean): void {
    const before = this.#grants.size;
    for (const [digest, grant] of this.#grants) if (isGone(grant, digest)) this.#grants.delete(digest);
    if (before > 0 && this.#grants.size === 0) this.#options.onLastGone();
  }

  #expiry(ttlSeconds = DEFAULT_TTL_SECONDS): number {
    return this.#options.now() + 1000 * Math.min(Math.max(ttlSeconds, MIN_TTL_SECONDS), MAX_TTL_SECONDS);
  }

  #checkLimits(sessionId: string): void {
    const waitMs = this.#issued.waitMs();
    if (waitMs > 0) throw tooMany('in the last minute', waitMs);
    const all = [...this.#grants.values()];
    const ofSession = all.filter((grant) => grant.sessionId === sessionId);
    if (ofSession.length >= MAX_PER_SESSION) throw tooMany('for this film', this.#untilFree(ofSession));
    if (all.length >= MAX_IN_ALL) throw tooMany('in all', this.#untilFree(all));
  }

  #untilFree(grants: readonly Grant[]): number {
    return Math.min(...grants.map(({ expiresAtMs }) => expiresAtMs)) - this.#options.now();
  }
}

export interface CastTokensOptions {
  /** Milliseconds since the epoch: a token's end is told to others. */
  now: () => number;
  /** Called when the last token has expired or was revoked. */
  onLastGone: () => void;
}

function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}

function tooMany(where: string, waitMs: number): RaffiError {
  return new RaffiError(
    'too_many_requests',
    `Too many cast tokens were issued ${where}. Stop a cast, or try again later.`,
    { retryAfterSeconds: waitMs / 1000 },
  );
}
