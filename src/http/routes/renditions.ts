import type { Router } from 'express';
import { clientSignal } from '../client-signal.ts';
import type { AppDeps } from '../deps.ts';
import { param, resource, strictRouter } from '../resource.ts';
import { sendAsset } from '../send-asset.ts';
import { sendPlaylist } from '../send-playlist.ts';
import { assetName } from './stream.ts';

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
      const signal = clientSignal(response);
      const asset = await session.renditionAsset(
        assetName(param(request.params, 'rendition')),
        assetName(param(request.params, 'asset')),
        signal,
      );
      await sendAsset(request, response, asset, signal);
    },
  });
  return router;
}
