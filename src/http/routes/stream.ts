import type { Request, RequestHandler, Router } from 'express';
import { RaffiError } from '../../errors.ts';
import type { StreamQuery } from '../../session/types.ts';
import { clientSignal } from '../client-signal.ts';
import type { AppDeps } from '../deps.ts';
import { parseSeek } from '../input/numbers.ts';
import { param, resource, strictRouter } from '../resource.ts';
import { sendAsset } from '../send-asset.ts';
import { sendPlaylist } from '../send-playlist.ts';

/** The documented stream: a playlist of MPEG-TS segments, and the segments. */
export function streamRoutes({ store }: AppDeps): Router {
  const router = strictRouter();
  const playlist: RequestHandler = async (request, response) => {
    const session = store.get(param(request.params, 'id'));
    const query = parseStreamQuery(request);
    const { text, sliceStartSeconds } = await session.streamPlaylist(query, clientSignal(response));
    response.set('X-Raffi-Slice-Start', sliceStartSeconds.toFixed(3));
    sendPlaylist(response, text);
  };
  resource(router, '/sessions/:id/stream', { get: playlist });
  resource(router, '/sessions/:id/stream/child.m3u8', { get: playlist });
  resource(router, '/sessions/:id/stream/:name', {
    get: async (request, response) => {
      const session = store.get(param(request.params, 'id'));
      const name = assetName(param(request.params, 'name'));
      const signal = clientSignal(response);
      await sendAsset(request, response, await session.transportSegment(name, signal), signal);
    },
  });
  return router;
}

/** Names are made by our playlists; anything else (`../`, a NUL, a slash that was encoded) is no segment. Throws `segment_not_found`. */
export function assetName(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(text)) return text;
  throw new RaffiError('segment_not_found', 'There is no such segment. Load the playlist again.');
}

function parseStreamQuery(request: Request): StreamQuery {
  const seekSeconds = parseSeek(request.query.seek);
  const seekId = request.query.seek_id;
  return {
    ...(seekSeconds === undefined ? {} : { seekSeconds }),
    ...(typeof seekId === 'string' && seekId !== '' ? { seekId: seekId.slice(0, 256) } : {}),
    ...(request.query.force_slice === '1' ? { forceSlice: true } : {}),
  };
}
