import { expect, test } from 'vitest';
import { PoisonGuard } from './poison-guard.ts';

const peer = (n: number) => ({ remoteAddress: `192.0.2.${n}`, peerId: `id ${n}` });
const [liar, honest, other] = [peer(1), peer(2), peer(3)];

test('the only giver of a wrong piece is not talked to again, whatever it calls itself', () => {
  const guard = new PoisonGuard();
  expect(guard.judge(new Set([liar]), false)).toEqual([liar]);
  expect(guard.isBanned({ ...liar, peerId: 'another' })).toBe(true);
  expect(guard.isBanned(honest)).toBe(false);
});

test('one of several is found out, the others are cleared by what they give beside', () => {
  const guard = new PoisonGuard();
  expect(guard.judge(new Set([liar, honest]), false)).toEqual([]);
  expect(guard.judge(new Set([honest, other]), true)).toEqual([]);
  expect(guard.judge(new Set([liar, other]), false)).toEqual([]);
  expect(guard.judge(new Set([liar, honest]), false)).toEqual([liar]);
  expect([guard.isBanned(honest), guard.isBanned(other)]).toEqual([false, false]);
});

test('peers of this very computer are told apart', () => {
  const guard = new PoisonGuard();
  const local = (peerId: string) => ({ remoteAddress: '127.0.0.1', peerId });
  guard.judge(new Set([local('a')]), false);
  expect([guard.isBanned(local('a')), guard.isBanned(local('b'))]).toEqual([true, false]);
});
