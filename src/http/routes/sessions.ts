import type { Request, Router } from 'express';
import type { SessionRequest, SessionView } from '../../session/types.ts';
import { withoutSecrets } from '../../session/view.ts';
import { jsonBody, torrentBody } from '../body.ts';
import { clientSignal } from '../client-signal.ts';
import type { AppDeps } from '../deps.ts';
import { accessOf } from '../guard/guard.ts';
import { parseDownload } from '../input/download.ts';
import { parseFeedback } from '../input/feedback.ts';
import { parseAudioIndex } from '../input/numbers.ts';
import { parseSessionRequest, parseUpload } from '../input/session-request.ts';
import { parseTorrentForm } from '../input/torrent-form.ts';
import { viewForReceiver } from '../receiver-view.ts';
import { param, resource, strictRouter } from '../resource.ts';

/** Sessions as a whole: open, list, look at, switch audio, have fetched, end. */
export function sessionRoutes({ store }: AppDeps): Router {
  const router = strictRouter();
  resource(router, '/sessions', {
    get: (_request, response) => {
      response.json({ sessions: store.list().map((session) => listed(session.snapshot())) });
    },
    post: async (request, response) => {
      const session = store.create(await requestOf(request));
      response.json({ id: session.id });
    },
  });
  resource(router, '/sessions/:id', {
    get: async (request, response) => {
      const view = await store.get(param(request.params, 'id')).view(clientSignal(response));
      response.json(accessOf(response).client === 'cast' ? viewForReceiver(view) : view);
    },
    delete: async (request, response) => {
      const id = param(request.params, 'id');
      if (!(await store.remove(id))) store.get(id);
      response.status(204).end();
    },
  });
  resource(router, '/sessions/:id/audio', {
    post: async (request, response) => {
      const session = store.get(param(request.params, 'id'));
      const index = parseAudioIndex(jsonBody(request));
      await session.setAudio(index, clientSignal(response));
      response.json({ id: session.id, audioIndex: index });
    },
  });
  resource(router, '/sessions/:id/download', {
    post: (request, response) => {
      const session = store.get(param(request.params, 'id'));
      const isWanted = parseDownload(jsonBody(request));
      session.downloadAll(isWanted);
      response.json({ id: session.id, downloadAll: isWanted });
    },
  });
  resource(router, '/sessions/:id/feedback', {
    post: async (request, response) => {
      const session = store.get(param(request.params, 'id'));
      const answer = await session.feedback(parseFeedback(jsonBody(request)), clientSignal(response));
      response.json({ id: session.id, ...answer });
    },
  });
  return router;
}

/** JSON, or a `.torrent` file, as it is or in a form, with the rest as JSON in `?options=` or in the form. */
async function requestOf(request: Request): Promise<SessionRequest> {
  const upload = torrentBody(request);
  if (!upload) return parseSessionRequest(jsonBody(request));
  const { bytes, form } = upload;
  if (form === null) return parseUpload(bytes, request.query.options);
  const { torrentFile, options = request.query.options } = await parseTorrentForm(bytes, form);
  return parseUpload(torrentFile, options);
}

/** Whoever lists sessions need not know the keys of their links; whoever knows a session's id is told its source as it was given. */
function listed(view: SessionView): SessionView {
  return view.source === undefined ? view : { ...view, source: withoutSecrets(view.source) };
}
