import type { Router } from 'express';
import { subtitleBody } from '../body.ts';
import { clientSignal } from '../client-signal.ts';
import type { AppDeps } from '../deps.ts';
import { parseSubtitleIndex, parseSubtitleLabels, parseWindow } from '../input/subtitles.ts';
import { param, resource, strictRouter } from '../resource.ts';
import { sendAsset } from '../send-asset.ts';

/** To tell whether there is such a text track no more of the film need be read. */
const BEGINNING = { fromSeconds: 0, toSeconds: 0.001 };

/** Text tracks as WebVTT, and files added to them. */
export function subtitleRoutes({ store }: AppDeps): Router {
  const router = strictRouter();
  resource(router, '/sessions/:id/subtitles', {
    post: async (request, response) => {
      const session = store.get(param(request.params, 'id'));
      const upload = { bytes: subtitleBody(request), ...parseSubtitleLabels(request.query) };
      response.json({ id: session.id, ...(await session.addSubtitles(upload, clientSignal(response))) });
    },
  });
  resource(router, '/sessions/:id/subtitles/:name', {
    get: async (request, response) => {
      const session = store.get(param(request.params, 'id'));
      const index = parseSubtitleIndex(param(request.params, 'name'));
      const window = parseWindow(request.query);
      const signal = clientSignal(response);
      const isHead = request.method === 'HEAD';
      const asset = await session.subtitles(index, isHead ? BEGINNING : window, signal);
      if (isHead) response.type(asset.contentType).end();
      else await sendAsset(request, response, asset, signal);
    },
  });
  return router;
}
