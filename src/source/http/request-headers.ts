import { validateHeaderName, validateHeaderValue } from 'node:http';
import { RaffiError } from '../../errors.ts';

/** Ours to decide: connection handling (RFC 9110 §7.6.1), ranges, conditions and encodings. A film is read as the bytes it is. */
const OURS =
  /^(host|range|if-.*|connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|content-.*|expect|accept-encoding|http2-settings)$/;

/**
 * What another origin than the one the headers were given for may see of them: what any browser would show it. The rest may carry a secret,
 * whatever its name (`X-Emby-Authorization`, `X-Goog-Iap`, `Api`), so it is not guessed at.
 */
const SHOWN_ABROAD = new Set(['user-agent', 'accept', 'accept-language', 'origin']);

/**
 * The request headers a person gave, lower case, without those that are ours to decide. Throws `source_refused` for one that is
 * not valid HTTP; the message names the header, never its value.
 */
export function acceptedHeaders(given: Readonly<Record<string, string>> = {}): Record<string, string> {
  const accepted: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch (cause) {
      const shown = JSON.stringify(name.slice(0, 40));
      throw new RaffiError(
        'source_refused',
        `The request header ${shown} is not valid. Remove or correct it.`,
        {
          cause,
        },
      );
    }
    if (!OURS.test(name.toLowerCase())) accepted[name.toLowerCase()] = value;
  }
  return accepted;
}

/** The headers of one request to `target`, of a source whose URL was `original`. `range` is null for the whole file. */
export function requestHeaders(
  given: Readonly<Record<string, string>>,
  original: URL,
  target: URL,
  range: { start: number; end: number } | null,
): Record<string, string> {
  const home = target.origin === original.origin;
  const headers: Record<string, string> = { 'user-agent': 'Raffi', accept: '*/*' };
  for (const [name, value] of Object.entries(given)) {
    if (home || SHOWN_ABROAD.has(name)) headers[name] = value;
  }
  const referer = home ? undefined : refererAbroad(given.referer, target);
  if (referer) headers.referer = referer;
  // A redirect may carry credentials of its own; the original's go to the original's origin alone.
  const login = target.username || target.password ? target : home ? original : null;
  if (login && (login.username || login.password) && !headers.authorization) {
    headers.authorization = `Basic ${Buffer.from(`${decoded(login.username)}:${decoded(login.password)}`).toString('base64')}`;
  }
  headers['accept-encoding'] = 'identity';
  if (range) headers.range = `bytes=${range.start}-${range.end - 1}`;
  return headers;
}

/** A referer as another origin may see it: its origin alone, and none from https to http (Referrer Policy, `strict-origin`). */
function refererAbroad(referer: string | undefined, target: URL): string | undefined {
  if (!referer || !URL.canParse(referer)) return undefined;
  const { origin, protocol } = new URL(referer);
  const isDowngrade = protocol === 'https:' && target.protocol !== 'https:';
  return origin === 'null' || isDowngrade ? undefined : `${origin}/`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
