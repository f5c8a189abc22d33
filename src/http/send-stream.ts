import { once } from 'node:events';
import type { Response } from 'express';
import { RaffiError } from '../errors.ts';

/**
 * Writes pieces as the client takes them: the next one is asked for only when the last went out, so a paused player stops
 * the reading. The first piece is awaited before the head goes out, so that a source's early failure still gets its problem
 * document. Throws `source_truncated` when the pieces end before `sizeBytes`, which Content-Length has
 * promised; null where it promised nothing.
 *
 * @param onSent called when a piece has left for the client and is not looked at again
 */
export async function sendStream(
  response: Response,
  pieces: AsyncIterable<Uint8Array>,
  sizeBytes: number | null,
  signal: AbortSignal,
  onSent?: (piece: Uint8Array) => void,
): Promise<void> {
  let sent = 0;
  for await (const piece of pieces) {
    signal.throwIfAborted();
    sent += piece.byteLength;
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    const flushed = response.write(bytes, (error) => {
      if (!error) onSent?.(piece);
    });
    if (!flushed) await once(response, 'drain', { signal });
  }
  if (sizeBytes !== null && sent < sizeBytes) {
    throw new RaffiError('source_truncated', 'The source ended before its size was reached. Try again.');
  }
  response.end();
}
