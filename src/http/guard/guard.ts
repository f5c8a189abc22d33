import type { Request, RequestHandler, Response } from 'express';
import type { CoreConfig } from '../../config.ts';
import { type ErrorCode, RaffiError } from '../../errors.ts';
import { isLoopbackAddress } from '../../plain-address.ts';
import { type AccessDecision, type AccessPolicy, decideAccess } from './decide-access.ts';

/** The page of the desktop app: Electron's custom protocol. */
const APP_ORIGIN = 'app://raffi';
/** Vite's dev server, which serves the renderer during development. */
const DEV_ORIGINS = ['http://localhost:5173', 'http://127.0.0.1:5173'];

/** Refuses what `decideAccess` refuses, before anything else looks at the request. */
export function guard(
  config: Pick<CoreConfig, 'allowedOrigins' | 'dev'>,
  verifyCastToken: AccessPolicy['verifyCastToken'],
): RequestHandler {
  const allowedOrigins = [APP_ORIGIN, ...(config.dev ? DEV_ORIGINS : []), ...config.allowedOrigins];
  return (request, response, next) => {
    const { remoteAddress } = request.socket;
    const decision = decideAccess(
      {
        remoteAddress,
        localPort: request.socket.localPort ?? 0,
        method: request.method,
        path: request.path,
        host: singleHost(request),
        origin: request.get('Origin'),
        secFetchSite: request.get('Sec-Fetch-Site'),
        castToken: castTokenOf(request),
      },
      { allowedOrigins, verifyCastToken },
    );
    if (!decision.allow) {
      // A device that is not let in shall not hold a connection.
      if (!isLoopbackAddress(remoteAddress)) response.set('Connection', 'close');
      throw new RaffiError(decision.code, REFUSALS[decision.code] ?? 'Access refused.');
    }
    response.locals.access = decision;
    next();
  };
}

export type Access = Extract<AccessDecision, { allow: true }>;

/** How this request was let in. Only after `guard`. */
export function accessOf(response: Response): Access {
  return response.locals.access as Access;
}

/** Browsers apply no CORS to WebSockets, and nothing here speaks them; whoever asks for one gets no half of an answer. */
export const refuseWebSockets: RequestHandler = (request, _response, next) => {
  if (/\bwebsocket\b/i.test(request.get('Upgrade') ?? '')) {
    throw new RaffiError('bad_request', 'There are no WebSockets here. Use HTTP.');
  }
  next();
};

/** The query wins over the header (contract, "LAN guard"). */
function castTokenOf(request: Request): string | undefined {
  const inQuery = request.query.cast_token;
  return typeof inQuery === 'string' ? inQuery : request.get('X-Raffi-Cast-Token');
}

/** Node keeps the first of several Host headers; a proxy in between may have kept another. */
function singleHost(request: Request): string | undefined {
  const hosts = request.headersDistinct.host;
  return hosts?.length === 1 ? hosts[0] : undefined;
}

const REFUSALS: Partial<Record<ErrorCode, string>> = {
  host_refused:
    'The Host header must name this computer: use http://127.0.0.1 or http://localhost with Raffi’s port.',
  origin_refused:
    'This web page may not use Raffi. To allow it, add its origin to RAFFI_ALLOWED_ORIGINS and start again.',
  not_local: 'Only the computer that runs Raffi may do this.',
  token_missing: 'A device of the network needs the cast token of this session. Cast from Raffi again.',
  token_invalid: 'The cast token is unknown, expired or of another session. Cast from Raffi again.',
};
