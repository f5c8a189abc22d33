import type { Router } from 'express';
import { clientSignal } from '../client-signal.ts';
import type { AppDeps } from '../deps.ts';
import { param, resource, strictRouter } from '../resource.ts';
import { sendParts } from '../send-parts.ts';
import { PLAYLIST_TYPE, sendPlaylist } from '../send-playlist.ts';
import { assetName, SEGMENT_CACHING } from './stream.ts';

/** The multivariant playlist and what it names: media playlists, init segments and fragments of each rendition. */
export function renditionRoutes({ store }: AppDeps): Router {
  const router = strictRouter();
  resource(router, '/sessions/:id/master.m3u8', {
    get: async (request, response) => {
      const session = store.get(param(request.params, 'id'));
      sendPlaylist(response, await session.masterPlaylist(clientSignal(response)));
    },
  });
  resource(router, '/sessions/:id/hls/:rendition/:asset', {
    get: async (request, response) => {
      const session = store.get(param(request.params, 'id'));
      const { parts, contentType } = await session.renditionAsset(
        assetName(param(request.params, 'rendition')),
        assetName(param(request.params, 'asset')),
        clientSignal(response),
      );
      response.set('Cache-Control', contentType === PLAYLIST_TYPE ? 'no-store' : SEGMENT_CACHING);
      sendParts(request, response, parts, contentType);
    },
  });
  return router;
}
