import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type GivenPiece, SmartBan } from './smart-ban.ts';

const peer = (name: string) => ({ remoteAddress: `192.0.2.${name.charCodeAt(0)}`, peerId: name });
const [liar, honest, other] = [peer('l'), peer('h'), peer('o')];
type Peer = typeof liar;

/** A piece of one-byte blocks: who gave each, and what. */
function piece(index: number, blocks: readonly (readonly [Peer, number])[]): GivenPiece {
  return {
    index,
    blockCount: blocks.length,
    blockBytes: (block) => Uint8Array.of(blocks[block]?.[1] ?? 0),
    giverOf: (block) => blocks[block]?.[0] ?? null,
  };
}

const banned = (ban: SmartBan, peers: readonly Peer[]) => peers.filter((one) => ban.isBanned(one));

describe('SmartBan', () => {
  test('the only giver of a wrong piece is not talked to again, whatever it calls itself', () => {
    const ban = new SmartBan();
    expect(ban.judge(piece(0, [[liar, 9]]), false)).toBe(true);
    expect(ban.isBanned({ ...liar, peerId: 'another' })).toBe(true);
    expect(ban.isBanned({ ...liar, remoteAddress: `::ffff:${liar.remoteAddress}` })).toBe(true);
    expect([ban.isBanned(honest), ban.isSuspect(0)]).toEqual([false, false]);
  });

  test('of several none is banned before the piece is right; then who gave other bytes is, and nobody else', () => {
    const ban = new SmartBan();
    const wrong = piece(4, [
      [honest, 1],
      [liar, 9],
      [other, 3],
    ]);
    expect(ban.judge(wrong, false)).toBe(false);
    expect([banned(ban, [liar, honest, other]), ban.isSuspect(4), ban.isSuspect(5)]).toEqual([
      [],
      true,
      false,
    ]);
    expect(
      ban.judge(
        piece(
          4,
          [1, 2, 3].map((byte) => [honest, byte] as const),
        ),
        true,
      ),
    ).toBe(true);
    expect([banned(ban, [liar, honest, other]), ban.isSuspect(4)]).toEqual([[liar], false]);
  });

  test('sharing wrong pieces with a liar proves nothing, however often', () => {
    const ban = new SmartBan();
    for (let index = 0; index < 100; index += 1) {
      const wrong = piece(index, [
        [honest, 1],
        [liar, 9],
      ]);
      expect(ban.judge(wrong, false)).toBe(false);
    }
    expect(banned(ban, [honest, liar])).toEqual([]);
  });

  test('a peer that tells the truth when it is asked alone is known by what it gave before', () => {
    const ban = new SmartBan();
    ban.judge(
      piece(0, [
        [liar, 9],
        [honest, 2],
      ]),
      false,
    );
    const right = piece(0, [
      [liar, 1],
      [liar, 2],
    ]);
    expect(ban.judge(right, true)).toBe(true);
    expect(banned(ban, [liar, honest])).toEqual([liar]);
  });

  test('remembers no more than it may: the pieces that were wrong first are forgotten', () => {
    const ban = new SmartBan(4);
    const wrong = (index: number) =>
      piece(index, [
        [liar, 9],
        [honest, 2],
      ]);
    for (const index of [0, 1, 2]) ban.judge(wrong(index), false);
    expect([0, 1, 2].map((index) => ban.isSuspect(index))).toEqual([false, true, true]);
    const right = (index: number) =>
      piece(index, [
        [honest, 1],
        [honest, 2],
      ]);
    expect(ban.judge(right(0), true)).toBe(false);
    expect(ban.judge(right(1), true)).toBe(true);
    expect(banned(ban, [liar, honest])).toEqual([liar]);
  });

  test('one piece is remembered however large it is', () => {
    const ban = new SmartBan(1);
    ban.judge(
      piece(0, [
        [liar, 9],
        [honest, 2],
      ]),
      false,
    );
    expect(ban.isSuspect(0)).toBe(true);
  });

  test('peers of this very computer are told apart', () => {
    const ban = new SmartBan();
    const local = (peerId: string) => ({ remoteAddress: '127.0.0.1', peerId });
    ban.judge(piece(0, [[local('a'), 9]]), false);
    expect([ban.isBanned(local('a')), ban.isBanned(local('b'))]).toEqual([true, false]);
  });
});

describe('whatever liars do', () => {
  const BLOCKS = 4;
  const swarms = fc.record({
    /** How often each peer lies, of a hundred blocks; never: it is honest. */
    rates: fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 100 })), {
      minLength: 1,
      maxLength: 6,
    }),
    pieces: fc.integer({ min: 1, max: 12 }),
    memory: fc.constantFrom(0, 10, 1_000),
    chances: fc.infiniteStream(fc.nat(99)),
  });

  test('they alone are banned, all that lied, and with an honest peer every piece is right at last', () => {
    fc.assert(
      fc.property(swarms, ({ rates, pieces, memory, chances }) => {
        const chance = () => chances.next().value ?? 0;
        const peers = rates.map((rate, n) => ({ rate, ...peer(String.fromCharCode(n)) }));
        const ban = new SmartBan(memory);
        const lied = new Set<Peer>();
        let wrong = 0;
        for (let index = 0; index < pieces; index += 1) {
          for (let isRight = false; !isRight; wrong += isRight ? 0 : 1) {
            const left = peers.filter((one) => !ban.isBanned(one));
            const anybody = () => left[chance() % left.length];
            const alone = anybody();
            if (!alone) break;
            const blocks = Array.from({ length: BLOCKS }, () => {
              const giver = (ban.isSuspect(index) ? null : anybody()) ?? alone;
              const lies = chance() < giver.rate;
              if (lies) lied.add(giver);
              return [giver, lies ? 200 + (chance() % 3) : 1] as const;
            });
            isRight = blocks.every(([, byte]) => byte === 1);
            ban.judge(piece(index, blocks), isRight);
          }
        }
        const found = banned(ban, peers);
        expect(found.filter((one) => !lied.has(one as Peer))).toEqual([]);
        if (rates.includes(0) && memory === 1_000) expect(new Set(found)).toEqual(lied);
        // Each wrong piece makes a piece suspect, which no piece is twice, or bans somebody.
        expect(wrong).toBeLessThanOrEqual(pieces + peers.length);
      }),
    );
  });
});
