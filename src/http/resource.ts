import { type RequestHandler, Router } from 'express';
import { RaffiError } from '../errors.ts';

export interface Methods {
  get?: RequestHandler;
  post?: RequestHandler;
  delete?: RequestHandler;
}

/** A router whose paths mean what they say: the guard compares them letter by letter, so the routes must too. */
export function strictRouter(): Router {
  return Router({ caseSensitive: true, strict: true });
}

/** Serves one path; every other method of it is answered with 405 and `Allow` (RFC 9110 §15.5.6). `HEAD` goes to `get`. */
export function resource(router: Router, path: string, methods: Methods): void {
  const route = router.route(path);
  if (methods.get) route.get(methods.get);
  if (methods.post) route.post(methods.post);
  if (methods.delete) route.delete(methods.delete);
  const allow = [
    ...(methods.get ? ['GET', 'HEAD'] : []),
    ...(methods.post ? ['POST'] : []),
    ...(methods.delete ? ['DELETE'] : []),
    'OPTIONS',
  ].join(', ');
  route.all((request, response) => {
    response.set('Allow', allow);
    throw new RaffiError('method_not_allowed', `${request.method} is not possible here. Possible: ${allow}.`);
  });
}

/** A path parameter, percent-decoded; Express types it as maybe a list, which only wildcards give. */
export function param(params: Record<string, string | string[] | undefined>, name: string): string {
  const value = params[name];
  return typeof value === 'string' ? value : '';
}
