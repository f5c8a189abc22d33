/** Shorter parts of a tracker's address are words of every address (`announce`, `tr`), not keys. */
const MIN_KEY_CHARS = 8;
/** Of what a tracker says of its trouble. */
const MAX_TROUBLE_CHARS = 120;
const URL_IN_TEXT = /\b(?:udp|https?|wss?):\/\/[^\s'"<>)]+/gi;

/** A tracker as it may be shown: scheme, host and port. Private trackers write a passkey, which is a login, into the path or the query. */
export function trackerName(url: string): string {
  const scheme = /^[a-z]+(?=:)/i.exec(url)?.[0].toLowerCase() ?? '';
  // As http, since URL has no host for schemes that it does not know.
  const http = url.replace(/^[a-z]+:/i, 'http:');
  if (!URL.canParse(http)) return `${scheme}://?`;
  const { hostname } = new URL(http);
  // From the text: URL leaves out the port that is http's own.
  const port = /^[a-z]+:\/\/(?:[^/?#@]*@)?(?:\[[^\]]*\]|[^/?#:]*):(\d+)/i.exec(url)?.[1];
  return `${scheme}://${hostname}${port === undefined ? '' : `:${Number(port)}`}`;
}

/** What went wrong, fit to be shown: in one short line, addresses as by `trackerName`, and nothing in it that is part of `url`'s path or query. */
export function troubleText(error: unknown, url = ''): string {
  let text = messageOf(error).replace(URL_IN_TEXT, (found) => trackerName(found));
  for (const key of keysOf(url)) text = text.replaceAll(key, '…');
  return text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, MAX_TROUBLE_CHARS);
}

/** `fetch` says "fetch failed", and its cause says why. Some of webtorrent's parts throw plain text. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause, message } = error;
  return cause instanceof Error && cause.message !== '' ? cause.message : message || error.name;
}

/** The longest first, so that none is cut by another that is part of it. */
function keysOf(url: string): string[] {
  const [, inPath = ''] = /^[a-z]+:\/\/[^/?#]*(.*)$/is.exec(url) ?? [];
  const parts = inPath.split(/[/?&=#]/);
  return parts
    .flatMap((part) => [part, decoded(part)])
    .filter((part) => part.length >= MIN_KEY_CHARS && part !== 'announce')
    .sort((a, b) => b.length - a.length);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
