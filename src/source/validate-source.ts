import { RaffiError } from '../errors.ts';
import { checkUrlAddress } from './address-policy.ts';

/** Longer URLs are refused: no origin takes a request line of more than 8 KiB. */
const MAX_SOURCE_BYTES = 8192;

/**
 * A source URL as a person gave it, checked without touching the network: http or https, no control characters, no option-like
 * start, no refused IP literal. Throws `source_missing` or `source_refused`. What a name resolves to is checked on connecting.
 */
export function validateSourceUrl(text: unknown): URL {
  if (typeof text !== 'string') throw missing();
  const source = text.trim();
  if (source === '') throw missing();
  if (source.startsWith('-')) throw refused('A source cannot begin with "-".');
  if (Buffer.byteLength(source) > MAX_SOURCE_BYTES) throw refused('The URL is longer than 8 KiB.');
  if (/\p{Cc}/u.test(source)) throw refused('The URL holds control characters.');
  if (!URL.canParse(source)) throw refused('This is not a URL. It has to begin with http:// or https://.');
  return checkedUrl(new URL(source));
}

/** The same rules for a URL that is parsed already, such as a redirect's target. Throws `source_refused`. */
export function checkedUrl(url: URL): URL {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw refused(`Only http and https sources can be opened, not "${url.protocol.slice(0, 20)}".`);
  }
  if (url.hostname === '') throw refused('The URL names no host.');
  checkUrlAddress(url);
  return url;
}

function missing(): RaffiError {
  return new RaffiError('source_missing', 'No source was given. Give the URL of a film.');
}

function refused(reason: string): RaffiError {
  return new RaffiError('source_refused', `${reason} Check the address and try again.`);
}
