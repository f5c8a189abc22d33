import { checkUrlAddress } from '../source/address-policy.ts';

/** More trackers or web seeds than any honest torrent has. */
const MAX_URLS = 64;
const MAX_URL_CHARS = 2048;
/** What an announcement says (BEP 3, BEP 23). */
const ANNOUNCE_KEYS = new Set(
  'compact downloaded event info_hash left numwant peer_id port trackerid uploaded'.split(' '),
);

/** Trackers that may be asked: UDP, HTTP(S) and WebSocket ones at addresses that the source policy allows. Others are left out. */
export function usableTrackers(urls: readonly string[]): string[] {
  return usable(urls, ['udp:', 'http:', 'https:', 'ws:', 'wss:']);
}

/** Web seeds that may be fetched from. */
export function usableWebSeeds(urls: readonly string[]): string[] {
  return usable(urls, ['http:', 'https:']);
}

/**
 * Whether a tracker is asked for nothing but an announcement: such a request may go to this computer and private networks too. Any other could
 * press a router's button there (`tr=http://192.168.1.1/apply.cgi?reboot=1`). The rule is libtorrent's (`ssrf_mitigation`).
 */
export function isPlainAnnounce(pathAndQuery: string): boolean {
  const [, query = ''] = /^\/(?:announce[\w./-]*)?(?:\?(.*))?$/.exec(pathAndQuery) ?? [null, null];
  return query !== null && [...new URLSearchParams(query).keys()].every((key) => ANNOUNCE_KEYS.has(key));
}

/** The same for a web seed: a file, and nothing told to whatever gives it. */
export function isPlainFile(pathAndQuery: string): boolean {
  return !pathAndQuery.includes('?');
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
