import type { Request, RequestHandler, Response } from 'express';
import type { CoreConfig } from '../../config.ts';
import { type ErrorCode, RaffiError } from '../../errors.ts';
import { type AccessDecision, decideAccess } from './decide-access.ts';

/** The page of the desktop app: Electron's custom protocol. */
const APP_ORIGIN = 'app://raffi';
/** Vite's dev server, which serves the renderer during development. */
const DEV_ORIGINS = ['http://localhost:5173', 'http://127.0.0.1:5173'];

export type CastTokenVerifier = (token: string, sessionId: string) => boolean;

/** Refuses what `decideAccess` refuses, before anything else looks at the request. */
export function guard(
  config: Pick<CoreConfig, 'allowedOrigins' | 'dev'>,
  verifyCastToken: CastTokenVerifier,
): RequestHandler {
  const allowedOrigins = [APP_ORIGIN, ...(config.dev ? DEV_ORIGINS : []), ...config.allowedOrigins];
  return (request, response, next) => {
    const decision = decideAccess(
      {
        remoteAddress: request.socket.remoteAddress,
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
    if (!decision.allow) throw new RaffiError(decision.code, REFUSALS[decision.code] ?? 'Access refused.');
    response.locals.access = decision;
    next();
  };
}

type Access = Extract<AccessDecision, { allow: true }>;

/** How this request was let in. Only after `guard`. */
export function accessOf(response: Response): Access {
  return response.locals.access as Access;
}

/** The query wins over the header (contract, "LAN guard"). */
export function castTokenOf(request: Request): string | undefined {
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
