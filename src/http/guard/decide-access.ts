import type { ErrorCode } from '../../errors.ts';
import { isLoopbackAddress } from '../../plain-address.ts';
import { isLoopbackHost, isOwnOrigin } from './loopback.ts';

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
  /** Whether a cast token opens a session now to a device, by its address; null is this computer. */
  verifyCastToken(token: string, sessionId: string, device: string | null): boolean;
}

export type AccessDecision =
  | {
      allow: true;
      /** `cast`: over the network, with a session's token. */
      client: 'local' | 'cast';
      /** The origin that may read the answer (CORS); null when the request names none. */
      corsOrigin: string | null;
      /** The valid token it was made with: playlists carry it on. This computer needs none, but may look with one. */
      castToken: string | null;
    }
  | { allow: false; code: ErrorCode };

/**
 * Who may do what (contract, "LAN guard"). Loopback sockets are this person's programs and pages: the Host must name loopback
 * and a web page must be an allowed one. Everybody else may read what a player needs of one session, with that session's token.
 */
export function decideAccess(request: AccessRequest, policy: AccessPolicy): AccessDecision {
  return isLoopbackAddress(request.remoteAddress)
    ? decideLocal(request, policy)
    : decideRemote(request, policy);
}

function decideLocal(request: AccessRequest, policy: AccessPolicy): AccessDecision {
  const { origin, localPort } = request;
  if (!isLoopbackHost(request.host, localPort)) return refuse('host_refused');
  if (origin !== undefined) {
    const allowed = policy.allowedOrigins.includes(origin) || isOwnOrigin(origin, localPort);
    if (!allowed) return refuse('origin_refused');
    // An image, a form or a link of a foreign page: such requests carry no Origin. Typing the address is `none`.
  } else if (request.secFetchSite?.toLowerCase() === 'cross-site') return refuse('origin_refused');
  return {
    allow: true,
    client: 'local',
    corsOrigin: origin ?? null,
    castToken: tokenOf(request, policy, null),
  };
}

function decideRemote(request: AccessRequest, policy: AccessPolicy): AccessDecision {
  const sessionId = PLAYER_PATH.exec(request.path)?.[1];
  if (sessionId === undefined) return refuse('not_local');
  const { method, origin } = request;
  const allowed = { allow: true, client: 'cast', corsOrigin: origin ?? null } as const;
  // A preflight cannot carry the token's header, and its answer tells nothing of the session.
  if (method === 'OPTIONS' && origin !== undefined) return { ...allowed, castToken: null };
  if (!READING.has(method)) return refuse('not_local');
  if (!request.castToken) return refuse('token_missing');
  const castToken = tokenOf(request, policy, request.remoteAddress ?? '');
  return castToken === null ? refuse('token_invalid') : { ...allowed, castToken };
}

/** The request's token, if it is one of the session whose path this is. */
function tokenOf(
  { castToken, path }: AccessRequest,
  policy: AccessPolicy,
  device: string | null,
): string | null {
  const sessionId = PLAYER_PATH.exec(path)?.[1];
  if (!castToken || sessionId === undefined) return null;
  return policy.verifyCastToken(castToken, sessionId, device) ? castToken : null;
}

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Info, playlists, segments and subtitles of one session. */
const PLAYER_PATH =
  /^\/sessions\/([0-9a-f-]{36})(?:\/stream(?:\/[^/]+)?|\/master\.m3u8|\/(?:hls|subtitles)\/.+)?$/;

function refuse(code: ErrorCode): AccessDecision {
  return { allow: false, code };
}
