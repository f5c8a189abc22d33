import { createHash } from 'node:crypto';
import { isLoopbackAddress, plainAddress } from '../../plain-address.ts';

/** What is known of the giver of blocks. */
interface Giver {
  readonly peerId?: string;
  readonly remoteAddress?: string;
}

/** A whole piece, and who gave each block of it. */
export interface GivenPiece {
  readonly index: number;
  readonly blockCount: number;
  blockBytes(block: number): Uint8Array;
  giverOf(block: number): Giver | null;
}

/** Blocks of wrong pieces that are remembered, some hundred bytes each. Of more, the pieces that were wrong longest ago are forgotten. */
const MAX_REMEMBERED = 16_384;
/** Beyond so many the first that was banned may try again. */
const MAX_BANNED = 10_000;

/**
 * Finds out who gave wrong blocks, by proof alone, as libtorrent's "smart ban" does: an honest peer that shared a piece with a liar is never banned for it.
 *
 * The only giver of a wrong piece is the liar. Where there were several, what each gave is remembered (a digest of it) until the piece is right at
 * last: who had given other bytes then is banned. SHA-1 will do, as for the piece itself: whoever lies would need other bytes of the same digest.
 */
export class SmartBan {
  readonly #banned = new Set<string>();
  /** By piece, the one that was wrong last at the end: its blocks. */
  readonly #given = new Map<number, { giver: string; digest: string }[]>();
  readonly #maxRemembered: number;
  #remembered = 0;

  constructor(maxRemembered = MAX_REMEMBERED) {
    this.#maxRemembered = maxRemembered;
  }

  /** Takes a verdict on a whole piece. Returns whether that proved anybody to be a liar. */
  judge(piece: GivenPiece, isRight: boolean): boolean {
    const liars = isRight ? this.#compare(piece) : this.#remember(piece);
    for (const liar of liars) this.#ban(liar);
    return liars.size > 0;
  }

  isBanned(giver: Giver): boolean {
    return this.#banned.size > 0 && this.#banned.has(keyOf(giver));
  }

  /** Whether a piece was wrong before and has not been right since: it is to come from one peer alone, so that it proves something. */
  isSuspect(piece: number): boolean {
    return this.#given.has(piece);
  }

  /** A wrong piece. Returns who is proved to have lied. */
  #remember(piece: GivenPiece): Set<string> {
    const blocks = blocksOf(piece);
    const givers = new Set(blocks.map(({ giver }) => giver));
    if (givers.size <= 1) return givers;
    this.#forget(piece.index);
    this.#given.set(
      piece.index,
      blocks.map(({ giver, bytes }) => ({ giver, digest: digestOf(bytes) })),
    );
    this.#remembered += blocks.length;
    for (const index of this.#given.keys()) {
      if (this.#remembered <= this.#maxRemembered || index === piece.index) break;
      this.#forget(index);
    }
    return new Set();
  }

  /** A right piece. Returns who had given other bytes for it. */
  #compare(piece: GivenPiece): Set<string> {
    const given = this.#given.get(piece.index) ?? [];
    const wrong = given.filter(({ digest }, block) => digest !== digestOf(piece.blockBytes(block)));
    this.#forget(piece.index);
    return new Set(wrong.map(({ giver }) => giver));
  }

  #forget(index: number): void {
    this.#remembered -= this.#given.get(index)?.length ?? 0;
    this.#given.delete(index);
  }

  #ban(key: string): void {
    this.#banned.add(key);
    if (this.#banned.size <= MAX_BANNED) return;
    for (const first of this.#banned) {
      this.#banned.delete(first);
      return;
    }
  }
}

/** In their order. */
function blocksOf(piece: GivenPiece): { giver: string; bytes: Uint8Array }[] {
  return Array.from({ length: piece.blockCount }, (_, block) => ({
    giver: keyOf(piece.giverOf(block) ?? {}),
    bytes: piece.blockBytes(block),
  }));
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha1').update(bytes).digest('base64');
}

/** By address: an id is chosen anew with each connection. Peers of this very computer, and what has no address, are told apart by their ids. */
function keyOf({ remoteAddress, peerId }: Giver): string {
  const isLocal = remoteAddress === undefined || isLoopbackAddress(remoteAddress);
  return isLocal ? `${remoteAddress}/${peerId}` : plainAddress(remoteAddress);
}
