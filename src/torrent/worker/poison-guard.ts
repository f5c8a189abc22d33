/** What is known of the giver of blocks. */
interface Giver {
  readonly peerId?: string;
  readonly remoteAddress?: string;
}

/** Wrong pieces that a peer may have had a part in before it is not trusted any more, where others had a part in them too. */
const MAX_SUSPICIONS = 3;

/**
 * Finds out who gives wrong blocks. The only giver of a wrong piece is to blame at once; where there were several, each is suspected,
 * and a right piece clears nobody but lets the suspicion of the honest ones fade behind that of the liar.
 */
export class PoisonGuard {
  readonly #suspicions = new Map<string, number>();
  readonly #banned = new Set<string>();

  /** Takes a verdict on a piece. Returns the givers that are not to be talked to any more. */
  judge<G extends Giver>(givers: ReadonlySet<G>, isRight: boolean): G[] {
    if (isRight) {
      for (const giver of givers) this.#ease(keyOf(giver));
      return [];
    }
    const guilty = [...givers].filter((giver) => givers.size === 1 || this.#suspect(keyOf(giver)));
    for (const giver of guilty) this.#banned.add(keyOf(giver));
    return guilty;
  }

  isBanned(giver: Giver): boolean {
    return this.#banned.has(keyOf(giver));
  }

  #suspect(key: string): boolean {
    const count = (this.#suspicions.get(key) ?? 0) + 1;
    this.#suspicions.set(key, count);
    return count >= MAX_SUSPICIONS;
  }

  #ease(key: string): void {
    const count = this.#suspicions.get(key) ?? 0;
    if (count > 0) this.#suspicions.set(key, count - 0.5);
  }
}

/** By address: an id is chosen anew with each connection. Peers of this very computer are told apart by their ids. */
function keyOf({ remoteAddress, peerId }: Giver): string {
  const isLocal = remoteAddress === undefined || /^(?:::ffff:)?127\.|^::1$/.test(remoteAddress);
  return isLocal ? `${remoteAddress}/${peerId}` : remoteAddress;
}
