import { expect, test } from 'vitest';
import { PeerPace } from './peer-pace.ts';

interface Peer {
  perSecond: number;
  /** How often it looks at what it was asked for. */
  beatMs: number;
  /** There and back. */
  wayMs: number;
  /** Sends all it was asked for at once, when it may. */
  atOnce?: boolean;
}

/** Asks such a peer for as much as the pace says, for twenty seconds. Returns the part of its rate that it gave in the second half. */
function play(pace: PeerPace, { perSecond, beatMs, wayMs, atOnce }: Peer): number {
  const asked: number[] = [];
  let given = 0;
  let quota = 0;
  for (let nowMs = 0; nowMs < 20_000; nowMs += beatMs) {
    quota = Math.min(perSecond, quota + (perSecond * beatMs) / 1000);
    if (atOnce && quota < asked.length) continue;
    while (quota >= 1 && asked[0] !== undefined && asked[0] <= nowMs - wayMs) {
      pace.gave(asked[0], nowMs, asked.length);
      asked.shift();
      quota -= 1;
      if (nowMs >= 10_000) given += 1;
    }
    while (asked.length < pace.requests(undefined)) asked.push(nowMs);
  }
  return given / (perSecond * 10);
}

test.each([
  ['8 Mb/s next door', { perSecond: 61, beatMs: 4, wayMs: 1 }, 120],
  ['8 Mb/s far away', { perSecond: 61, beatMs: 4, wayMs: 200 }, 400],
  ['300 Mb/s far away', { perSecond: 2_300, beatMs: 2, wayMs: 100 }, 300],
  ['8 Mb/s, all at once', { perSecond: 61, beatMs: 50, wayMs: 1, atOnce: true }, 150],
  ['slow, and next door', { perSecond: 4, beatMs: 50, wayMs: 10 }, 800],
  ['in beats of half a second', { perSecond: 61, beatMs: 500, wayMs: 1 }, 1_300],
])('a peer of %s gives all it can, and little waits there', (_what, peer, waitMs) => {
  const pace = new PeerPace(0);
  expect(play(pace, peer)).toBeGreaterThan(0.9);
  expect(pace.requests(undefined) / peer.perSecond).toBeLessThan(waitMs / 1000);
});

test('no peer is asked for more than it takes, or than is sensible', () => {
  const pace = new PeerPace(0);
  for (let n = 0; n < 1_000; n += 1) pace.gave(0, 10, 500);
  expect([pace.requests(undefined), pace.requests(250), pace.requests(0)]).toEqual([500, 250, 500]);
});

test('what comes soon because little was asked for says nothing', () => {
  const pace = new PeerPace(0);
  for (let n = 0; n < 100; n += 1) pace.gave(0, 10, 2);
  expect(pace.requests(undefined)).toBe(8);
});

test('a silent peer is told once for each such time, and asked for one block until it gives', () => {
  const pace = new PeerPace(0);
  expect(pace.fellSilent(8, 3_999)).toBe(false);
  expect(pace.fellSilent(8, 4_000)).toBe(true);
  expect([pace.isSnubbed, pace.requests(undefined)]).toEqual([true, 1]);
  expect(pace.fellSilent(1, 4_250)).toBe(false);
  expect(pace.fellSilent(1, 8_000)).toBe(true);
  pace.gave(4_000, 8_100, 1);
  expect([pace.isSnubbed, pace.fellSilent(1, 12_000)]).toEqual([false, false]);
});

test('a peer that is asked for nothing is not silent', () => {
  expect(new PeerPace(0).fellSilent(0, 60_000)).toBe(false);
});

test('a block that others overtook by far is lost', () => {
  const pace = new PeerPace(0);
  expect(pace.isLost(0)).toBe(false);
  pace.gave(1_000, 1_100, 1);
  expect(pace.isLost(0)).toBe(false);
  pace.gave(1_001, 1_200, 1);
  expect([pace.isLost(0), pace.isLost(1)]).toEqual([true, false]);
});
