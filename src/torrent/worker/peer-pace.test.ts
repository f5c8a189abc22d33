import { expect, test } from 'vitest';
import { PeerPace } from './peer-pace.ts';

/** Blocks that come so long after they were asked for, with as many under way as may be. */
function give(pace: PeerPace, blocks: number, waitedMs: number): void {
  for (let n = 0; n < blocks; n += 1) pace.gave(0, waitedMs, pace.requests(undefined));
}

test('asks for more of a peer that gives soon, for less of one that lets wait, within bounds', () => {
  const pace = new PeerPace(0);
  expect(pace.requests(undefined)).toBe(8);
  give(pace, 8, 100);
  expect(pace.requests(undefined)).toBe(16);
  give(pace, 20, 1_000);
  expect(pace.requests(undefined)).toBe(16);
  give(pace, 4, 1_700);
  expect(pace.requests(undefined)).toBe(12);
  give(pace, 50, 5_000);
  expect(pace.requests(undefined)).toBe(2);
  give(pace, 1_000, 10);
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
