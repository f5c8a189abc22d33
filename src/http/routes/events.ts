import type { Response, Router } from 'express';
import type { Session, SessionEvent } from '../../session/types.ts';
import type { AppDeps } from '../deps.ts';
import { param, resource, strictRouter } from '../resource.ts';

/** Comments keep proxies and idle time-outs from taking a quiet stream for a dead one. */
const HEARTBEAT_MS = 15_000;
/** A reader this far behind has stopped reading; it reconnects and gets the present state. */
const MAX_BACKLOG_BYTES = 1024 * 1024;

/** `GET /sessions/:id/events`: what is known now, then each change (WHATWG HTML §9.2, server-sent events). */
export function eventRoutes({ store }: AppDeps): Router {
  const router = strictRouter();
  resource(router, '/sessions/:id/events', {
    get: (request, response) => {
      const session = store.get(param(request.params, 'id'));
      response.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
      if (request.method === 'HEAD') response.end();
      else sendEvents(session, response);
    },
  });
  return router;
}

function sendEvents(session: Session, response: Response): void {
  const heartbeat = setInterval(() => response.write(': heartbeat\n\n'), HEARTBEAT_MS).unref();
  const unsubscribe = session.subscribe((event) => {
    send(response, event);
    if (event.type === 'closed') response.end();
  });
  response.once('close', () => {
    clearInterval(heartbeat);
    unsubscribe();
  });
  response.flushHeaders();
  response.write('retry: 1000\n\n');
  for (const event of presentState(session)) send(response, event);
}

function presentState(session: Session): SessionEvent[] {
  const { stage, torrent, decisions, damage, error } = session.snapshot();
  return [
    { type: 'stage', data: stage },
    ...(torrent === undefined ? [] : [{ type: 'torrent' as const, data: torrent.status }]),
    ...(decisions === undefined ? [] : [{ type: 'decisions' as const, data: decisions }]),
    ...(damage === undefined ? [] : [{ type: 'damage' as const, data: damage }]),
    ...(error === undefined ? [] : [{ type: 'error' as const, data: error }]),
  ];
}

function send(response: Response, event: SessionEvent): void {
  if (response.writableEnded) return;
  if (response.writableLength > MAX_BACKLOG_BYTES) response.destroy();
  // JSON.stringify leaves no line break that could end the event early.
  else response.write(`event: ${event.type}\ndata: ${JSON.stringify(event.data)}\n\n`);
}
