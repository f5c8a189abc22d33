import { expect, test } from 'vitest';
import { PeerPace } from './peer-pace.ts';

test('asks for half a second of what a peer gives, within what it takes', () => {
  const pace = new PeerPace(0);
  expect(pace.requests(0, undefined)).toBe(8);
  expect(pace.requests(1_000_000, undefined)).toBe(8 + 31);
  expect(pace.requests(1_000_000_000, undefined)).toBe(500);
  expect(pace.requests(1_000_000_000, 250)).toBe(250);
  expect(pace.requests(1_000_000, 0)).toBe(8 + 31);
});

test('a silent peer is told once for each such time, and asked for one block until it gives', () => {
  const pace = new PeerPace(0);
  expect(pace.fellSilent(8, 3_999)).toBe(false);
  expect(pace.fellSilent(8, 4_000)).toBe(true);
  expect([pace.isSnubbed, pace.requests(1e6, undefined)]).toEqual([true, 1]);
  expect(pace.fellSilent(1, 4_250)).toBe(false);
  expect(pace.fellSilent(1, 8_000)).toBe(true);
  pace.gave(4_000, 8_100);
  expect([pace.isSnubbed, pace.fellSilent(1, 12_000)]).toEqual([false, false]);
});

test('a peer that is asked for nothing is not silent', () => {
  expect(new PeerPace(0).fellSilent(0, 60_000)).toBe(false);
});

test('a block that others overtook by far is lost', () => {
  const pace = new PeerPace(0);
  expect(pace.isLost(0)).toBe(false);
  pace.gave(1_000, 1_100);
  expect(pace.isLost(0)).toBe(false);
  pace.gave(1_001, 1_200);
  expect([pace.isLost(0), pace.isLost(1)]).toEqual([true, false]);
});
