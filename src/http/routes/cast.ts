import type { Router } from 'express';
import { jsonBody } from '../body.ts';
import type { AppDeps } from '../deps.ts';
import { parseCastTokenRequest } from '../input/cast-token-request.ts';
import { resource, strictRouter } from '../resource.ts';

/** `POST /cast/token`: lets one device of the network at one session. The guard lets only this computer do that. */
export function castRoutes({ castAccess }: AppDeps): Router {
  const router = strictRouter();
  resource(router, '/cast/token', {
    post: async (request, response) => {
      const { sessionId, ttlSeconds } = parseCastTokenRequest(jsonBody(request));
      response.json(await castAccess.issue(sessionId, ttlSeconds));
    },
  });
  return router;
}
