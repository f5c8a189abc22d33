import type { RequestHandler, Router } from 'express';
import { RaffiError } from '../../errors.ts';
import { infoHashOf } from '../../torrent/magnet.ts';
import { MISSING_STATUS, torrentStatus } from '../../torrent/status.ts';
import type { Torrent } from '../../torrent/torrent.ts';
import { TorrentSource } from '../../torrent/torrent-source.ts';
import { clientSignal } from '../client-signal.ts';
import type { AppDeps } from '../deps.ts';
import { param, resource, strictRouter } from '../resource.ts';
import { sendSource } from '../send-source.ts';

/** Files of the torrents that sessions have open, by range, and how far those torrents are. */
export function torrentRoutes({ torrents }: AppDeps): Router {
  const router = strictRouter();
  const find = (params: Record<string, string | string[] | undefined>): Torrent | undefined => {
    const infoHash = infoHashOf(param(params, 'infoHash'));
    return infoHash === null ? undefined : torrents.get(infoHash);
  };
  const file: RequestHandler = async (request, response) => {
    const torrent = find(request.params);
    if (!torrent) {
      throw new RaffiError(
        'torrent_not_found',
        'No open session plays this torrent. Open it with POST /sessions.',
      );
    }
    const fileIdx = parseFileIdx(request.params.fileIdx);
    const signal = clientSignal(response);
    // A share of its own: a session that is closed meanwhile does not cut the answer short.
    const source = new TorrentSource({ engine: torrents, spec: torrent.spec, fileIdx });
    try {
      const info = await source.open(signal);
      const version = `${torrent.spec.infoHash}-${source.fileIdx}`;
      const read = (start: number, end: number) => source.stream(start, end, signal);
      const onSent = (piece: Uint8Array) => source.reuse(piece);
      await sendSource(request, response, { info, version, read, onSent }, signal);
    } finally {
      await source.close();
    }
  };
  resource(router, '/torrents/:infoHash', { get: file });
  resource(router, '/torrents/:infoHash/status', {
    get: (request, response) => {
      const torrent = find(request.params);
      response.json(torrent ? torrentStatus(torrent) : MISSING_STATUS);
    },
  });
  resource(router, '/torrents/:infoHash/:fileIdx', { get: file });
  return router;
}

/** Throws `torrent_file_not_found` for what is no number. */
function parseFileIdx(text: unknown): number | undefined {
  if (text === undefined) return undefined;
  if (typeof text === 'string' && /^\d{1,6}$/.test(text)) return Number(text);
  throw new RaffiError('torrent_file_not_found', 'Files of a torrent are numbered from 0.');
}
