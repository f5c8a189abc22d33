import type { RequestHandler } from 'express';
import type { Log } from '../log.ts';

/** One line per answer, without the query: it may carry a cast token. */
export function requestLog(log: Log): RequestHandler {
  return (request, response, next) => {
    const startMs = performance.now();
    const { method, path } = request;
    response.once('close', () => {
      const elapsedMs = Math.round(performance.now() - startMs);
      log.debug({ method, path, status: response.statusCode, elapsedMs }, 'answered');
    });
    next();
  };
}
