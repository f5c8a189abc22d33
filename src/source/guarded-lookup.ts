import { lookup as dnsLookup, type LookupAddress, type LookupAllOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isRefusedAddress, refusedAddress } from './address-policy.ts';
import { AddressScope, leftPublic } from './address-scope.ts';

/** How names are looked up: `dns.lookup` with `all`. Tests pass their own. */
export type NameLookup = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * A look-up for `net.connect` that hands out only allowed addresses, so that the address connected to is the very one that
 * was checked (no second look-up for a rebinding name server to answer differently). Fails with `source_refused` when none is left.
 */
export function guardedLookup(
  lookup: NameLookup = dnsLookup,
  scope: AddressScope = new AddressScope(),
): LookupFunction {
  return (hostname, options, callback) => {
    const { family, hints } = options;
    const query: LookupAllOptions = { all: true, ...(family && { family }), ...(hints && { hints }) };
    lookup(hostname, query, (error, found) => {
      if (error) return callback(error, '', 0);
      const safe = found.filter(({ address }) => !isRefusedAddress(address));
      if (safe.length === 0) return callback(refusedAddress(), '', 0);
      const allowed = scope.narrow(safe);
      const first = allowed[0];
      if (!first) return callback(leftPublic(), '', 0);
      if (options.all) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}
