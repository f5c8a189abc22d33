import type { Response } from 'express';

export const PLAYLIST_TYPE = 'application/vnd.apple.mpegurl';

/** Playlists differ by session state (audio track, slice), so nothing may keep one. */
export function sendPlaylist(response: Response, text: string): void {
  response.set({
    'Content-Type': PLAYLIST_TYPE,
    'Content-Length': String(Buffer.byteLength(text)),
    'Cache-Control': 'no-store',
  });
  response.end(text);
}
