import type { Router } from 'express';
import type { AppDeps } from '../deps.ts';
import { resource, strictRouter } from '../resource.ts';

/** `GET /`: whether the core runs, and with what. */
export function healthRoutes({ health }: AppDeps): Router {
  const router = strictRouter();
  resource(router, '/', { get: (_request, response) => void response.json(health()) });
  return router;
}
