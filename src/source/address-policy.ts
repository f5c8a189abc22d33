import ipaddr from 'ipaddr.js';
import { RaffiError } from '../errors.ts';

/**
 * Addresses that no film lives at but that hand out secrets or reach many machines. Loopback and private networks are
 * allowed: a NAS or a server on this computer is a normal source. Every cloud's metadata address outside 169.254/16 is named.
 */
const REFUSED_V4 = [
  '0.0.0.0/8', // "this network": reaches loopback services on Linux (RFC 1122 §3.2.1.3)
  '169.254.0.0/16', // link-local (RFC 3927); AWS, Azure, Google, Oracle metadata
  '100.100.100.200/32', // Alibaba Cloud metadata
  '168.63.129.16/32', // Azure's wire server
  '192.0.0.192/32', // Oracle Cloud metadata, second address
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, and 255.255.255.255
].map((cidr) => ipaddr.IPv4.parseCIDR(cidr));

const REFUSED_V6 = [
  '::/128', // unspecified: reaches loopback services
  'fe80::/10', // link-local
  'fec0::/10', // site-local, deprecated (RFC 3879)
  'ff00::/8', // multicast
  'fd00:ec2::/32', // AWS metadata and time
  'fd20:ce::254/128', // Google Cloud metadata
  'fd00:c1::a9fe:a9fe/128', // Oracle Cloud metadata
  'fd00:42::42/128', // Scaleway metadata
].map((cidr) => ipaddr.IPv6.parseCIDR(cidr));

/** IPv6 forms that carry an IPv4 address: the prefix, its length, and the byte where the IPv4 address begins. */
const EMBEDDINGS = (
  [
    ['::ffff:0:0/96', 12], // mapped
    ['::ffff:0:0:0/96', 12], // translated (RFC 2765)
    ['::/96', 12], // compatible, deprecated
    ['64:ff9b::/96', 12], // NAT64 (RFC 6052)
    ['64:ff9b:1::/48', 12], // local-use NAT64 (RFC 8215)
    ['2002::/16', 2], // 6to4 (RFC 3056)
  ] as const
).map(([cidr, at]) => ({ range: ipaddr.IPv6.parseCIDR(cidr), at }));

/** Teredo (RFC 4380) carries the client's IPv4 address with all bits inverted. */
const TEREDO = ipaddr.IPv6.parseCIDR('2001::/32');

/** Whether connecting to this IP address is refused. What is no IP address is refused too. */
export function isRefusedAddress(address: string): boolean {
  const bare = address.split('%')[0] ?? address;
  if (!ipaddr.isValid(bare)) return true;
  const parsed = ipaddr.parse(bare);
  return parsed instanceof ipaddr.IPv4 ? isRefusedV4(parsed) : isRefusedV6(parsed);
}

/** Whether an address belongs to one machine of the public internet: not to this computer, a private network or a reserved block. */
export function isPublicAddress(address: string): boolean {
  const bare = address.split('%')[0] ?? address;
  if (!ipaddr.isValid(bare)) return false;
  const parsed = ipaddr.parse(bare);
  const carried = parsed instanceof ipaddr.IPv6 ? embeddedV4(parsed) : null;
  return (carried ?? parsed).range() === 'unicast';
}

/** Throws `source_refused` when a URL's host is an IP literal that is refused. Names are checked at connect time. */
export function checkUrlAddress(url: URL): void {
  const address = literalAddress(url);
  if (address !== null && isRefusedAddress(address)) throw refusedAddress();
}

/** The IP address that a URL names as its host; null where it names a host by name. */
export function literalAddress(url: URL): string | null {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return ipaddr.isValid(host) ? host : null;
}

function isRefusedV4(address: ipaddr.IPv4): boolean {
  return REFUSED_V4.some((range) => address.match(range));
}

function isRefusedV6(address: ipaddr.IPv6): boolean {
  if (REFUSED_V6.some((range) => address.match(range))) return true;
  const carried = embeddedV4(address);
  return carried !== null && isRefusedV4(carried);
}

/** The IPv4 address that an IPv6 address stands for, if any. */
function embeddedV4(address: ipaddr.IPv6): ipaddr.IPv4 | null {
  // ::1 is loopback although it lies in the "compatible" prefix.
  if (address.range() === 'loopback') return null;
  const bytes = address.toByteArray();
  if (address.match(TEREDO)) return new ipaddr.IPv4(bytes.slice(12).map((byte) => byte ^ 0xff));
  const embedding = EMBEDDINGS.find(({ range }) => address.match(range));
  return embedding ? new ipaddr.IPv4(bytes.slice(embedding.at, embedding.at + 4)) : null;
}

export function refusedAddress(): RaffiError {
  return new RaffiError(
    'source_refused',
    'This address is reserved for the inner workings of networks and clouds, so Raffi does not open it. Use the address of a web, NAS or local server.',
  );
}
