import type { Request, Response } from 'express';
import type { ArrivingAsset, MediaAsset } from '../session/types.ts';
import { sendParts } from './send-parts.ts';
import { PLAYLIST_TYPE } from './send-playlist.ts';
import { sendStream } from './send-stream.ts';

/** A segment never changes under its name, and slices never share names. */
const SEGMENT_CACHING = 'private, max-age=3600';

/** Answers with what a playlist names: from memory, or as it arrives from the origin. */
export async function sendAsset(
  request: Request,
  response: Response,
  asset: MediaAsset | ArrivingAsset,
  signal: AbortSignal,
): Promise<void> {
  const isVolatile = asset.contentType === PLAYLIST_TYPE || ('isVolatile' in asset && asset.isVolatile);
  response.set('Cache-Control', isVolatile ? 'no-store' : SEGMENT_CACHING);
  if ('parts' in asset) sendParts(request, response, asset.parts, asset.contentType);
  else if (request.method === 'GET' && request.get('Range') !== undefined) {
    const parts: Uint8Array[] = [];
    for await (const piece of asset.pieces(signal)) parts.push(piece);
    sendParts(request, response, parts, asset.contentType);
  } else {
    response.set({ 'Content-Type': asset.contentType, 'Accept-Ranges': 'bytes' });
    if (asset.sizeBytes !== null) response.set('Content-Length', String(asset.sizeBytes));
    if (request.method === 'HEAD') response.end();
    else await sendStream(response, asset.pieces(signal), asset.sizeBytes, signal);
  }
}
