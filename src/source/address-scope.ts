import { RaffiError } from '../errors.ts';
import { isPublicAddress, literalAddress } from './address-policy.ts';

/**
 * Where one source may lead. This computer and private networks are normal places for a film, but only where the person's own URL
 * names them: once its host is known to be a public one, no redirect and no later look-up of a name may lead to anything that is
 * not, or any web server could make Raffi ask a router or a program of this computer (server-side request forgery).
 *
 * A name with both kinds of addresses counts as private: home routers give their machines such names.
 */
export class AddressScope {
  readonly #isPublic: (address: string) => boolean;
  #mustBePublic: boolean | undefined;

  /** `isPublic` tells the kinds apart; tests, whose servers are all local, pass their own. */
  constructor(isPublic: (address: string) => boolean = isPublicAddress) {
    this.#isPublic = isPublic;
  }

  /** Those of the addresses of one host that may be connected to. The first host asked about, the source's own, settles the scope. */
  narrow<T extends { address: string }>(addresses: readonly T[]): T[] {
    this.#mustBePublic ??= addresses.every(({ address }) => this.#isPublic(address));
    return addresses.filter(({ address }) => !this.#mustBePublic || this.#isPublic(address));
  }

  /** Throws `source_refused` for a host named by an IP address outside the scope: nothing looks such a one up. */
  checkUrl(url: URL): void {
    const address = literalAddress(url);
    if (address !== null && this.narrow([{ address }]).length === 0) throw leftPublic();
  }
}

export function leftPublic(): RaffiError {
  return new RaffiError(
    'source_refused',
    'A server on the internet sends Raffi on to this computer or a private network, which it may not. If that is where the film is, give its address there.',
  );
}
