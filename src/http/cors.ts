import type { RequestHandler } from 'express';
import { accessOf } from './guard/guard.ts';

/** The CORS headers of contract §2 for the origin the guard let in, and the answer to every `OPTIONS`. */
export const cors: RequestHandler = (request, response, next) => {
  const { corsOrigin } = accessOf(response);
  // The same URL answers differently by origin, so caches must keep the answers apart.
  response.vary('Origin');
  if (corsOrigin !== null) {
    response.set({
      'Access-Control-Allow-Origin': corsOrigin,
      'Access-Control-Allow-Methods': 'GET, POST, OPTIONS, DELETE, HEAD',
      'Access-Control-Allow-Headers': 'Content-Type, Accept-Encoding, Range, X-Raffi-Cast-Token',
      'Access-Control-Expose-Headers': 'X-Raffi-Slice-Start, Accept-Ranges, Content-Range, Content-Length',
      'Access-Control-Max-Age': '7200',
    });
    // Chromium's Private Network Access asks this of a preflight from a public page to loopback.
    if (request.get('Access-Control-Request-Private-Network') === 'true') {
      response.set('Access-Control-Allow-Private-Network', 'true');
    }
  }
  if (request.method === 'OPTIONS') response.status(204).end();
  else next();
};
