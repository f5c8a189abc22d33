import type { Request, Response } from 'express';
import type { SourceInfo } from '../source/byte-source.ts';
import { mediaType } from './media-type.ts';
import { negotiateRange } from './send-parts.ts';
import { sendStream } from './send-stream.ts';

export interface SentSource {
  info: SourceInfo;
  /** Without quotes; the same as long as the bytes are. */
  version: string;
  read: (start: number, end: number) => AsyncIterable<Uint8Array>;
  /** A piece has left for the client; nobody looks at it again. */
  onSent?: ((piece: Uint8Array) => void) | undefined;
}

/** Answers with a source as it is, whole or by range (RFC 9110 §14). Throws `range_not_satisfiable` and what reading throws. */
export async function sendSource(
  request: Request,
  response: Response,
  { info, version, read, onSent }: SentSource,
  signal: AbortSignal,
): Promise<void> {
  const etag = `"${version}"`;
  const range = negotiateRange(request, response, info.sizeBytes, etag);
  response.set({
    'Content-Type': mediaType(info),
    'Content-Disposition': `inline; filename*=UTF-8''${encodeFileName(info.name)}`,
    'Cache-Control': 'no-store',
    ETag: etag,
  });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  const { start, end } = range ?? { start: 0, end: info.sizeBytes };
  await sendStream(response, read(start, end), end - start, signal, onSent);
}

/** RFC 8187: beyond `encodeURIComponent`, the marks its grammar does not hold. */
function encodeFileName(name: string): string {
  return encodeURIComponent(name.replace(/\p{Surrogate}/gu, '\uFFFD')).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
