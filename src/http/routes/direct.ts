import type { Router } from 'express';
import { clientSignal } from '../client-signal.ts';
import type { AppDeps } from '../deps.ts';
import { mediaType } from '../media-type.ts';
import { param, resource, strictRouter } from '../resource.ts';
import { negotiateRange } from '../send-parts.ts';
import { sendStream } from '../send-stream.ts';

/** `GET /sessions/:id/direct`: the source as it is, by range, through its cache. */
export function directRoutes({ store }: AppDeps): Router {
  const router = strictRouter();
  resource(router, '/sessions/:id/direct', {
    get: async (request, response) => {
      const session = store.get(param(request.params, 'id'));
      const signal = clientSignal(response);
      const info = await session.openDirect(signal);
      // A session's source never changes (`source_changed`), so the session is its version.
      const etag = `"${session.id}"`;
      const range = negotiateRange(request, response, info.sizeBytes, etag);
      response.set({
        'Content-Type': mediaType(info),
        'Content-Disposition': `inline; filename*=UTF-8''${encodeFileName(info.name)}`,
        'Cache-Control': 'no-store',
        ETag: etag,
      });
      if (request.method === 'HEAD') {
        response.end();
        return;
      }
      const { start, end } = range ?? { start: 0, end: info.sizeBytes };
      await sendStream(response, session.readDirect(start, end, signal), end - start, signal);
    },
  });
  return router;
}

/** RFC 8187: beyond `encodeURIComponent`, the marks its grammar does not hold. */
function encodeFileName(name: string): string {
  return encodeURIComponent(name.replace(/\p{Surrogate}/gu, '\uFFFD')).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
