import type { Request, Response } from 'express';
import { RaffiError } from '../errors.ts';
import { type ByteParts, sizeOf, sliceParts } from '../remux/byte-parts.ts';
import { type ByteRange, contentRange, parseRange, unsatisfiedRange } from '../source/range.ts';

/** Answers with bytes that lie in memory: whole, or the one range that is asked for. */
export function sendParts(request: Request, response: Response, parts: ByteParts, contentType: string): void {
  const range = negotiateRange(request, response, sizeOf(parts), null);
  response.set('Content-Type', contentType);
  // Corked: the parts of a segment are many and go out in one gathering write.
  response.cork();
  for (const part of range ? sliceParts(parts, range.start, range.end) : parts) response.write(part);
  response.end();
}

/**
 * Sets status and length headers for what `Range` asks of `sizeBytes` bytes; null means all of them, with 200. Throws
 * `range_not_satisfiable`. Only GET has ranges (RFC 9110 §14.2), and with `If-Range` one counts
 * only if the validator is the very `etag` (§13.1.5).
 */
export function negotiateRange(
  request: Request,
  response: Response,
  sizeBytes: number,
  etag: string | null,
): ByteRange | null {
  const ifRange = request.get('If-Range');
  const applies = request.method === 'GET' && (ifRange === undefined || ifRange === etag);
  const header = applies ? request.get('Range') : undefined;
  const range = parseRange(header, sizeBytes);
  response.set('Accept-Ranges', 'bytes');
  if (range === 'unsatisfiable') {
    response.set('Content-Range', unsatisfiedRange(sizeBytes));
    throw new RaffiError(
      'range_not_satisfiable',
      `The file has ${sizeBytes} bytes. Ask for a range that begins within them.`,
      { data: { sizeBytes } },
    );
  }
  if (range === 'ignore') {
    response.status(200).set('Content-Length', String(sizeBytes));
    return null;
  }
  response.status(206).set({
    'Content-Range': contentRange(range, sizeBytes),
    'Content-Length': String(range.end - range.start),
  });
  return range;
}
