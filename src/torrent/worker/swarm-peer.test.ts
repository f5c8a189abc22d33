import { describe, expect, test } from 'vitest';
import type { Wire } from 'webtorrent';
import { SwarmPeer, shareOf, speedsOf } from './swarm-peer.ts';

interface Known {
  has?: readonly number[];
  destroyed?: boolean;
  peerChoking?: boolean;
  speed?: number;
}

/** A peer of which only so much is known. */
function peer({ has = [1, 2, 3], speed = 0, ...more }: Known = {}): SwarmPeer {
  const wire = {
    destroyed: false,
    peerChoking: false,
    peerPieces: { get: (piece: number) => has.includes(piece) },
    downloadSpeed: () => speed,
    ...more,
  };
  return new SwarmPeer(wire as Partial<Wire> as Wire, 0);
}

const allowed = (one: SwarmPeer) => [1, 2, 3, 4].filter((piece) => one.allows(piece));

describe('a peer', () => {
  test('allows what it has', () => {
    expect([peer().isOpen, allowed(peer())]).toEqual([true, [1, 2, 3]]);
  });

  test('that keeps us out allows nothing', () => {
    const shut = peer({ peerChoking: true });
    expect([shut.isOpen, allowed(shut)]).toEqual([false, []]);
  });

  test('that is gone allows nothing', () => {
    expect(allowed(peer({ destroyed: true }))).toEqual([]);
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
});
