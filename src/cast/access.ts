/**
 * What casting is given of the core: `CastAccess`, handed to whoever sends films to devices. A token is for one session and, from its first
 * use on, for one device; as long as any is valid the core listens at this computer's address in the network.
 */

/** A token and where a device finds the film with it. */
export interface CastToken {
  token: string;
  /** RFC 3339. */
  expiresAt: string;
  /** The documented MPEG-TS playlist; like the others at this computer's address in the network, with the token in its query. */
  streamUrl: string;
  sessionUrl: string;
  /** The multivariant playlist of fMP4 renditions. */
  masterUrl: string;
}

export interface CastAccess {
  /**
   * Lets one device at a film. A token belongs to the first device that uses it, so a request of this computer to its own network address takes
   * a token of its own.
   *
   * @param ttlSeconds clamped to 30 s … 24 h; absent: 15 min
   * @throws `session_not_found`, `no_lan_address`, `too_many_requests`
   */
  issue(sessionId: string, ttlSeconds?: number): Promise<CastToken>;
  /**
   * Lets the same token last `ttlSeconds` from now. Its URLs are those of the present address: where they differ from before, the network has
   * changed, and a device that still gets answers may keep the old ones.
   *
   * @throws `token_invalid` when it has expired or its session was closed
   */
  renew(token: string, ttlSeconds?: number): CastToken;
  /** Ends a token at once; nothing happens when there is no such. */
  revoke(token: string): void;
}
