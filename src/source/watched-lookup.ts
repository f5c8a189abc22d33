import { lookup as dnsLookup } from 'node:dns';
import type { NameLookup } from './guarded-lookup.ts';

/** The same look-up, which also tells when it found something: from then on a connection is what is waited for. */
export function watchedLookup(lookup: NameLookup = dnsLookup, onFound: () => void): NameLookup {
  return (hostname, options, callback) =>
    lookup(hostname, options, (error, addresses) => {
      if (!error) onFound();
      callback(error, addresses);
    });
}
