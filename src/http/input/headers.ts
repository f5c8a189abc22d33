import { z } from 'zod';

const MAX_HEADERS = 64;
const MAX_VALUE_CHARS = 8192;

/** RFC 9110 §5.6.2: a field name is a token. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** §5.5: visible characters, spaces and tabs; a line break would smuggle a header in. */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** What belongs to one connection or is ours to say. Captured requests often hold them: dropped, not refused. */
const OURS = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'host',
  'if-range',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'range',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Request headers for the origin. */
export const originHeaders = z
  .record(
    z.string().max(256).regex(TOKEN, 'is not the name of a header'),
    z.string().max(MAX_VALUE_CHARS).regex(FIELD_VALUE, 'holds characters that a header cannot'),
  )
  .refine((headers) => Object.keys(headers).length <= MAX_HEADERS, `may hold at most ${MAX_HEADERS} headers`)
  .transform((headers) =>
    Object.fromEntries(Object.entries(headers).filter(([name]) => !OURS.has(name.toLowerCase()))),
  );
