import type { Router } from 'express';
import type { AppDeps } from '../deps.ts';
import { resource, strictRouter } from '../resource.ts';

/** `GET /stats`: counters of the process and of every session. */
export function statsRoutes({ health, store, castAccess }: AppDeps): Router {
  const router = strictRouter();
  resource(router, '/stats', {
    get: (_request, response) => {
      response.json({
        uptimeSeconds: health().uptimeSeconds,
        memory: { rssBytes: process.memoryUsage.rss() },
        cast: castAccess.stats(),
        sessions: store.list().map((session) => session.stats()),
      });
    },
  });
  return router;
}
