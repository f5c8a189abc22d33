import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { problem, RaffiError, toRaffiError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Access } from './guard/guard.ts';
import { problemForReceiver } from './receiver-view.ts';

/** What no route answered. */
export const unknownRoute: RequestHandler = () => {
  throw new RaffiError(
    'not_found',
    'There is nothing at this address. openapi.yaml lists all that there is.',
  );
};

/** Turns whatever was thrown into an RFC 9457 answer; the log gets the cause, the client never does. */
export function problemHandler(log: Log): ErrorRequestHandler {
  return (thrown: unknown, request, response, _next) => {
    const error = fromMiddleware(thrown) ?? toRaffiError(thrown);
    const line = { err: error, method: request.method, path: request.path };
    if (error.code === 'internal') log.error(line, 'request failed');
    else if (error.code === 'aborted') log.trace(line, 'client gone');
    else log.debug(line, 'request refused');
    // Nobody listens any more, or half of the body is out: an answer cut short is all that can be told.
    if (response.destroyed || response.headersSent) {
      response.destroy();
      return;
    }
    const body = isReceiver(response) ? problemForReceiver(problem(error)) : problem(error);
    if (error.retryAfterSeconds !== undefined || body.status === 503) {
      response.set('Retry-After', String(Math.max(1, Math.ceil(error.retryAfterSeconds ?? 1))));
    }
    forgetBody(response, body.status);
    response
      .status(body.status)
      .set({ 'Cache-Control': 'no-store', 'Content-Type': 'application/problem+json' })
      .end(JSON.stringify(body));
  };
}

/** Of what the guard refused, nobody was let in yet. */
function isReceiver(response: Response): boolean {
  return (response.locals.access as Access | undefined)?.client === 'cast';
}

/** Takes back what was said of a body that will not come; a 416 keeps its Content-Range, which tells the size. */
function forgetBody(response: Response, status: number): void {
  const stale = ['Content-Length', 'Content-Disposition', 'X-Raffi-Slice-Start', 'ETag', 'Accept-Ranges'];
  for (const name of status === 416 ? stale : [...stale, 'Content-Range']) response.removeHeader(name);
}

/** Errors of Express and its body parser carry a status and a type of their own. */
function fromMiddleware(thrown: unknown): RaffiError | null {
  if (thrown instanceof URIError) {
    return new RaffiError(
      'not_found',
      'The address is not validly percent-encoded. Check it and try again.',
      {
        cause: thrown,
      },
    );
  }
  const { status, type } = (thrown ?? {}) as { status?: unknown; type?: unknown };
  if (thrown instanceof RaffiError || typeof status !== 'number') return null;
  if (type === 'request.aborted')
    return new RaffiError('aborted', 'The request was cancelled.', { cause: thrown });
  if (status === 413) {
    const advice =
      'The body may hold at most 64 KiB, a subtitle file 4 MiB, a .torrent file 8 MiB. Send less.';
    return new RaffiError('body_too_large', advice, { cause: thrown });
  }
  if (status < 400 || status > 499) return null;
  return new RaffiError('bad_request', 'The body cannot be read. Send JSON in UTF-8, not compressed.', {
    cause: thrown,
  });
}
