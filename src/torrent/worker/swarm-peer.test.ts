import { describe, expect, test } from 'vitest';
import type { Wire } from 'webtorrent';
import { BLOCK_BYTES, PieceProgress } from './piece-progress.ts';
import { SwarmPeer, shareOf, speedsOf } from './swarm-peer.ts';

interface Known {
  has?: readonly number[];
  destroyed?: boolean;
  peerChoking?: boolean;
  peerAllowedFastSet?: readonly number[];
  speed?: number;
}

/** A peer of which only so much is known. */
function peer({ has = [1, 2, 3], speed = 0, ...more }: Known = {}): SwarmPeer {
  const wire = {
    destroyed: false,
    peerChoking: false,
    peerAllowedFastSet: [],
    peerPieces: { get: (piece: number) => has.includes(piece) },
    downloadSpeed: () => speed,
    ...more,
  };
  return new SwarmPeer(wire as Partial<Wire> as Wire, 0);
}

/** A block of a piece of eight. */
function blockOf(index: number, block = 0) {
  return { piece: new PieceProgress<Wire>(index, new Uint8Array(8 * BLOCK_BYTES)), block };
}

const allowed = (one: SwarmPeer) => [1, 2, 3, 4].filter((piece) => one.allows(piece));

describe('a peer', () => {
  test('allows what it has', () => {
    expect([peer().isOpen, allowed(peer())]).toEqual([true, [1, 2, 3]]);
  });

  test('that keeps us out allows nothing, but for what it allows nevertheless and has', () => {
    const shut = peer({ peerChoking: true });
    expect([shut.isOpen, allowed(shut)]).toEqual([false, []]);
    const ajar = peer({ peerChoking: true, peerAllowedFastSet: [2, 4] });
    expect([ajar.isOpen, allowed(ajar)]).toEqual([true, [2]]);
  });

  test('that is gone allows nothing', () => {
    expect(allowed(peer({ destroyed: true, peerAllowedFastSet: [2] }))).toEqual([]);
  });

  test('that refused a piece is let alone with it for a while', () => {
    const one = peer();
    one.refused(blockOf(2), 1_000);
    expect([one.hasRefused(2, 1_000), one.hasRefused(2, 1_999), one.hasRefused(2, 2_000)]).toEqual([
      true,
      true,
      false,
    ]);
    expect(one.hasRefused(3, 1_000)).toBe(false);
  });

  test('that refuses what was taken back did not refuse it when it is asked again', () => {
    const one = peer();
    const pick = blockOf(2, 3);
    one.asked({ ...pick, askedMs: 0 });
    one.takeBack(pick);
    expect([one.busy, one.settle(pick)]).toEqual([0, false]);
    one.asked({ ...pick, askedMs: 1 });
    expect(one.settle(pick)).toBe(true);
    one.refused(pick, 2);
    expect(one.hasRefused(2, 2)).toBe(false);
    one.refused(pick, 3);
    expect(one.hasRefused(2, 3)).toBe(true);
  });

  test('that refuses everything because it keeps us out may be asked once it lets us in', () => {
    const one = peer({ peerChoking: true });
    one.refused(blockOf(2), 1_000);
    expect(one.hasRefused(2, 1_000)).toBe(false);
  });
});

describe('shares', () => {
  test('are by speed; who is of unknown speed counts like the slowest', () => {
    const [slow, fast, fresh] = [peer({ speed: 100 }), peer({ speed: 300 }), peer()];
    expect(speedsOf([slow, fast, fresh])).toEqual([100, 300, 100]);
    const all = [slow, fast, fresh];
    expect(all.map((one) => shareOf(one, all))).toEqual([0.2, 0.6, 0.2]);
    expect([shareOf(fresh, [fresh]), shareOf(fresh, [fresh, peer()])]).toEqual([1, 0.5]);
  });

  test('of those that give everything: who keeps us out takes none of theirs', () => {
    const open = peer({ speed: 100 });
    const ajar = peer({ speed: 100, peerChoking: true, peerAllowedFastSet: [1] });
    const gone = peer({ speed: 100, destroyed: true });
    const all = [open, ajar, gone];
    expect([shareOf(open, all), shareOf(ajar, all)]).toEqual([1, 0.5]);
  });
});
