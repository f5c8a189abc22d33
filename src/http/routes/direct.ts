import type { Router } from 'express';
import { clientSignal } from '../client-signal.ts';
import type { AppDeps } from '../deps.ts';
import { param, resource, strictRouter } from '../resource.ts';
import { sendSource } from '../send-source.ts';

/** `GET /sessions/:id/direct`: the source as it is, by range, through its cache. */
export function directRoutes({ store }: AppDeps): Router {
  const router = strictRouter();
  resource(router, '/sessions/:id/direct', {
    get: async (request, response) => {
      const session = store.get(param(request.params, 'id'));
      const signal = clientSignal(response);
      const info = await session.openDirect(signal);
      const read = (start: number, end: number) => session.readDirect(start, end, signal);
      const onSent = (piece: Uint8Array) => session.reuseDirect(piece);
      // A session's source never changes (`source_changed`), so the session is its version.
      await sendSource(request, response, { info, version: session.id, read, onSent }, signal);
    },
  });
  return router;
}
