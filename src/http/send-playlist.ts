import type { Response } from 'express';
import { withQuery } from '../hls/playlists/with-query.ts';
import { accessOf } from './guard/guard.ts';

export const PLAYLIST_TYPE = 'application/vnd.apple.mpegurl';

/** Playlists differ by session state (audio track, slice), so nothing may keep one. */
export function sendPlaylist(response: Response, text: string): void {
  const shown = playlistFor(response, text);
  response.set({
    'Content-Type': PLAYLIST_TYPE,
    'Content-Length': String(Buffer.byteLength(shown)),
    'Cache-Control': 'no-store',
  });
  response.end(shown);
}

/** A receiver knows of no token: it asks for what the playlist says (contract, "LAN guard"). */
export function playlistFor(response: Response, text: string): string {
  const { castToken } = accessOf(response);
  return castToken === null ? text : withQuery(text, 'cast_token', castToken);
}
