import type { ErrorCode } from '../../errors.ts';
import { isLoopbackAddress, isLoopbackHost, isOwnOrigin } from './loopback.ts';

/** What the guard looks at. Headers as received; `path` still percent-encoded, without the query. */
export interface AccessRequest {
  /** The socket's peer: the only thing that says who is local. */
  remoteAddress: string | undefined;
  /** The port the request came in at. */
  localPort: number;
  method: string;
  path: string;
  host: string | undefined;
  origin: string | undefined;
  secFetchSite: string | undefined;
  castToken: string | undefined;
}

export interface AccessPolicy {
  allowedOrigins: readonly string[];
  /** Whether a cast token is valid for a session now. */
  verifyCastToken(token: string, sessionId: string): boolean;
}

export type AccessDecision =
  | {
      allow: true;
      /** `cast`: over the network, with a session's token. */
      client: 'local' | 'cast';
      /** The origin that may read the answer (CORS); null when the request names none. */
      corsOrigin: string | null;
    }
  | { allow: false; code: ErrorCode };

/**
 * Who may do what (contract, "LAN guard"). Loopback sockets are this person's programs and pages: the Host must name loopback
 * and a web page must be an allowed one. Everybody else may read what a player needs of one session, with that session's token.
 */
export function decideAccess(request: AccessRequest, policy: AccessPolicy): AccessDecision {
  return isLoopbackAddress(request.remoteAddress)
    ? decideLocal(request, policy.allowedOrigins)
    : decideRemote(request, policy);
}

function decideLocal(request: AccessRequest, allowedOrigins: readonly string[]): AccessDecision {
  const { origin, localPort } = request;
  if (!isLoopbackHost(request.host, localPort)) return refuse('host_refused');
  if (origin !== undefined) {
    const allowed = allowedOrigins.includes(origin) || isOwnOrigin(origin, localPort);
    return allowed ? { allow: true, client: 'local', corsOrigin: origin } : refuse('origin_refused');
  }
  // An image, a form or a link of a foreign page: such requests carry no Origin. Typing the address is `none`.
  if (request.secFetchSite?.toLowerCase() === 'cross-site') return refuse('origin_refused');
  return { allow: true, client: 'local', corsOrigin: null };
}

function decideRemote(request: AccessRequest, policy: AccessPolicy): AccessDecision {
  const sessionId = PLAYER_PATH.exec(request.path)?.[1];
  if (sessionId === undefined) return refuse('not_local');
  const allowed: AccessDecision = { allow: true, client: 'cast', corsOrigin: request.origin ?? null };
  // A preflight cannot carry the token's header, and its answer tells nothing of the session.
  if (request.method === 'OPTIONS') return allowed;
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse('not_local');
  if (request.castToken === undefined || request.castToken === '') return refuse('token_missing');
  return policy.verifyCastToken(request.castToken, sessionId) ? allowed : refuse('token_invalid');
}

/** Info, playlists, segments and subtitles of one session. */
const PLAYER_PATH =
  /^\/sessions\/([0-9a-f-]{36})(?:\/stream(?:\/[^/]+)?|\/master\.m3u8|\/(?:hls|subtitles)\/.+)?$/;

function refuse(code: ErrorCode): AccessDecision {
  return { allow: false, code };
}
