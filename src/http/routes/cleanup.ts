import type { RequestHandler, Router } from 'express';
import type { AppDeps } from '../deps.ts';
import { parseCleanupId } from '../input/cleanup-id.ts';
import { resource, strictRouter } from '../resource.ts';

/** `POST|DELETE /cleanup`: ends a session; ending one that is gone is a success, for a beacon cannot look first. */
export function cleanupRoutes({ store }: AppDeps): Router {
  const router = strictRouter();
  const cleanUp: RequestHandler = async (request, response) => {
    const removed = await store.remove(parseCleanupId(request));
    response.json({ ok: true, removed });
  };
  resource(router, '/cleanup', { post: cleanUp, delete: cleanUp });
  return router;
}
