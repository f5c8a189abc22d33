import { RaffiError } from '../errors.ts';
import { checkedUrl } from '../source/validate-source.ts';

/** What a hostile or broken origin may make us hold. A day of two-second segments has 43,200 lines of addresses. */
export const MAX_MANIFEST_BYTES = 8 * 1024 * 1024;
export const MAX_SEGMENTS = 50_000;
export const MAX_VARIANTS = 100;
export const MAX_RENDITIONS = 200;
const MAX_URL_CHARS = 8192;
export const KEY_BYTES = 16;
/** Twenty seconds at 50 Mb/s. */
export const MAX_SEGMENT_BYTES = 128 * 1024 * 1024;

/** An address that a manifest names. @throws `source_refused` for what is not http or https, `media_damaged` for what is no address. */
export function resolveUrl(text: string, base: URL): URL {
  if (text.length > MAX_URL_CHARS || !URL.canParse(text, base)) {
    throw damaged('names an address that is not valid');
  }
  const url = checkedUrl(new URL(text, base));
  url.hash = '';
  return url;
}

/** @throws `media_damaged` for more segments than any film has. */
export function checkSegmentCount(count: number): void {
  if (count > MAX_SEGMENTS) throw damaged(`has more than ${MAX_SEGMENTS} segments`);
}

/** A manifest that cannot be played, and why. */
export function damaged(why: string): RaffiError {
  return new RaffiError('media_damaged', `The playlist ${why}. Look for another source of this film.`);
}

export function protectedMedia(): RaffiError {
  return new RaffiError(
    'media_protected',
    'The film is protected by DRM, which only its provider’s own player can undo. Watch it there, or look for another source.',
  );
}
