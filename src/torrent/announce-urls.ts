import { checkUrlAddress } from '../source/address-policy.ts';

/** More trackers or web seeds than any honest torrent has. */
const MAX_URLS = 64;
const MAX_URL_CHARS = 2048;

/** Trackers that may be asked: UDP, HTTP(S) and WebSocket ones at addresses that the source policy allows. Others are left out. */
export function usableTrackers(urls: readonly string[]): string[] {
  return usable(urls, ['udp:', 'http:', 'https:', 'ws:', 'wss:']);
}

/** Web seeds that may be fetched from. */
export function usableWebSeeds(urls: readonly string[]): string[] {
  return usable(urls, ['http:', 'https:']);
}

/** A link can come from any web page: what it names must not reach link-local or metadata services (as with redirects). */
function usable(urls: readonly string[], schemes: readonly string[]): string[] {
  const good = urls.filter((text) => {
    const scheme = /^[a-z]+:/i.exec(text)?.[0].toLowerCase();
    if (scheme === undefined || !schemes.includes(scheme) || text.length > MAX_URL_CHARS) return false;
    // Read as http, so that every notation of an IPv4 address is understood as connecting will understand it.
    const http = text.replace(/^[a-z]+:/i, 'http:');
    if (/\p{Cc}/u.test(text) || !URL.canParse(http)) return false;
    const url = new URL(http);
    // Nobody listens there, and a datagram to it is an exception.
    if (url.port === '0') return false;
    try {
      checkUrlAddress(url);
      return true;
    } catch {
      return false;
    }
  });
  return [...new Set(good)].slice(0, MAX_URLS);
}
