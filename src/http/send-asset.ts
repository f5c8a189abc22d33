import type { Request, Response } from 'express';
import { type ByteParts, wholeOf } from '../remux/byte-parts.ts';
import type { ArrivingAsset, MediaAsset } from '../session/types.ts';
import { sendParts } from './send-parts.ts';
import { PLAYLIST_TYPE, playlistFor } from './send-playlist.ts';
import { sendStream } from './send-stream.ts';

/** A segment never changes under its name, and slices never share names. */
const SEGMENT_CACHING = 'private, max-age=3600';

/**
 * Answers with what a playlist names: from memory, as it arrives from the origin, or as it is made. Without a length (RFC 9112 §7.1, chunked) an
 * answer whose rest fails is cut, which no client takes for the end. Who asks for the length of what is being made, or for a range, waits for
 * all of it, and so does HTTP/1.0, where a cut looks like the end.
 *
 * @param signal fires when the client goes away
 */
export async function sendAsset(
  request: Request,
  response: Response,
  asset: MediaAsset | ArrivingAsset,
  signal: AbortSignal,
): Promise<void> {
  const isPlaylist = asset.contentType === PLAYLIST_TYPE;
  const isVolatile = isPlaylist || ('isVolatile' in asset && asset.isVolatile);
  response.set('Cache-Control', isVolatile ? 'no-store' : SEGMENT_CACHING);
  if ('parts' in asset) {
    if (asset.rest && !isPlaylist && !needsLength(request)) {
      response.set({ 'Content-Type': asset.contentType, 'Accept-Ranges': 'bytes' });
      await sendStream(response, piecesOf(asset), null, signal);
    } else sendParts(request, response, await whole(response, asset), asset.contentType);
  } else if (request.method === 'GET' && needsLength(request)) {
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

async function whole(response: Response, asset: MediaAsset): Promise<ByteParts> {
  const parts = await wholeOf(asset);
  if (asset.contentType !== PLAYLIST_TYPE) return parts;
  return [Buffer.from(playlistFor(response, Buffer.concat(parts).toString()))];
}

function needsLength(request: Request): boolean {
  const isOld = request.httpVersionMajor === 1 && request.httpVersionMinor === 0;
  return request.method === 'HEAD' || request.get('Range') !== undefined || isOld;
}

async function* piecesOf({ parts, rest }: MediaAsset): AsyncGenerator<Uint8Array, void, void> {
  yield* parts;
  if (rest) for await (const piece of rest) yield* piece;
}
