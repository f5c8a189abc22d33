/** A socket's peer by one name: an IPv4 address mapped into IPv6, as a socket for both tells it, is the IPv4 address. */
export function plainAddress(address: string): string {
  return address.toLowerCase().replace(/^::ffff:(?=\d+\.)/, '');
}
