import type { IncomingMessage } from 'node:http';
import express, { type Request, type RequestHandler } from 'express';
import { RaffiError } from '../errors.ts';
import { MAX_SUBTITLE_FILE_BYTES } from '../subtitles/read-subtitle-file.ts';
import { MAX_METAINFO_BYTES } from '../torrent/metainfo.ts';

const MAX_BODY_BYTES = 64 * 1024;

/**
 * Reads a small body as text, whatever its type says: beacons send JSON as text/plain, and `fetch` without a header does too.
 * That opens no door: the guard has judged the Origin already. Compressed bodies are refused, since none of ours needs it.
 */
export const readBody: RequestHandler = express.text({
  type: () => true,
  limit: MAX_BODY_BYTES,
  inflate: false,
});

/** Reads a `.torrent` file, where the body says that it is one. */
export const readTorrentBody: RequestHandler = express.raw({
  type: 'application/x-bittorrent',
  limit: MAX_METAINFO_BYTES,
  inflate: false,
});

/** Reads a form, where one may be sent: to open a session by a `.torrent` file. */
export const readTorrentForm: RequestHandler = express.raw({
  type: ({ method, url = '', headers }: IncomingMessage) =>
    method === 'POST' && /^\/sessions(?:\?|$)/.test(url) && isForm(headers['content-type']),
  limit: MAX_METAINFO_BYTES + MAX_BODY_BYTES,
  inflate: false,
});

/** Reads a subtitle file, whatever its type says: nobody agrees on one. */
export const readSubtitleBody: RequestHandler = express.raw({
  type: ({ method, url = '' }: IncomingMessage) =>
    method === 'POST' && /^\/sessions\/[^/?]{1,64}\/subtitles(?:\?|$)/.test(url),
  limit: MAX_SUBTITLE_FILE_BYTES,
  inflate: false,
});

/** The subtitle file that was sent as the body; empty when there was none. */
export function subtitleBody(request: Request): Uint8Array {
  return Buffer.isBuffer(request.body) ? request.body : new Uint8Array(0);
}

/** The `.torrent` file that was sent as the body, or the form that holds it; null when it was something else. */
export function torrentBody(request: Request): { bytes: Buffer; form: string | null } | null {
  if (!Buffer.isBuffer(request.body)) return null;
  const type = request.headers['content-type'] ?? '';
  return { bytes: request.body, form: isForm(type) ? type : null };
}

function isForm(contentType = ''): boolean {
  return /^multipart\/form-data\s*;/i.test(contentType);
}

/** The body as JSON. Throws `bad_json`. */
export function jsonBody(request: Request): unknown {
  const text = textBody(request);
  if (text.trim() === '') {
    throw new RaffiError('bad_json', 'The body is empty. Send a JSON object.');
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new RaffiError('bad_json', 'The body is not valid JSON. Send a JSON object.', { cause });
  }
}

/** The body as it came; empty when there was none. */
export function textBody(request: Request): string {
  return typeof request.body === 'string' ? request.body : '';
}
