import type { RequestHandler, Router } from 'express';
import { RaffiError } from '../../errors.ts';
import { resource, strictRouter } from '../resource.ts';

/** The documented routes whose features this version lacks: they say so, rather than that they do not exist. */
export function notImplementedRoutes(): Router {
  const router = strictRouter();
  resource(router, '/cast/token', { post: lacking('Casting to a TV') });
  return router;
}

function lacking(feature: string): RequestHandler {
  return () => {
    throw new RaffiError('not_implemented', `${feature} is not available in this version of Raffi yet.`);
  };
}
