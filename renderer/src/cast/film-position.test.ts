import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CastState, CastStatus } from '../../../src/cast/types.ts';
import { filmPosition, heldWhenLost, withinFilm } from './film-position.ts';

const status = (state: CastState, positionSeconds: number, durationSeconds: number | null = 600) => ({
  state,
  positionSeconds,
  durationSeconds,
  atMs: 1_000_000,
});

test('a playing film runs on with the clock', () => {
  expect(filmPosition(status('playing', 100), 1_000_000)).toBe(100);
  expect(filmPosition(status('playing', 100), 1_002_500)).toBe(102.5);
});

test.each([
  'connecting',
  'preparing',
  'loading',
  'buffering',
  'paused',
  'ended',
  'reconnecting',
  'failed',
] as const)('one that is %s stands still', (state) => {
  expect(filmPosition(status(state, 100), 1_002_500)).toBe(100);
});

test('it ends where the film ends; what goes on does not end', () => {
  expect(filmPosition(status('playing', 599), 1_002_500)).toBe(600);
  expect(filmPosition(status('playing', 599, null), 1_002_500)).toBe(601.5);
});

test('a clock that was set back moves nothing', () => {
  expect(filmPosition(status('playing', 100), 900_000)).toBe(100);
});

test('it never goes back between two words of the device, and never leaves the film', () => {
  const clock = fc.integer({ min: 0, max: 2_000_000 });
  fc.assert(
    fc.property(fc.double({ min: 0, max: 600, noNaN: true }), clock, clock, (position, a, b) => {
      const [early, late] = [Math.min(a, b), Math.max(a, b)];
      const before = filmPosition(status('playing', position), early);
      const after = filmPosition(status('playing', position), late);
      expect(after).toBeGreaterThanOrEqual(before);
      expect(after).toBeLessThanOrEqual(600);
    }),
  );
});

test('a device that is lost leaves the film where it was by then, and there it stays', () => {
  const told = (state: CastState): CastStatus => ({
    ...status(state, 100),
    ...{ device: null, sessionId: null, title: null, volume: 1, isMuted: false },
    ...{ audioIndex: 0, subtitleIndex: null, problem: null },
  });
  const lost = heldWhenLost(told('playing'), told('reconnecting'), 1_009_000);
  expect(filmPosition(lost, 1_009_000)).toBe(109);
  const still = heldWhenLost(lost, told('reconnecting'), 1_012_000);
  expect(filmPosition(still, 1_012_000)).toBe(109);
  expect(heldWhenLost(still, told('playing'), 1_013_000)).toEqual(told('playing'));
});

test('a seek beyond the film lands in it', () => {
  expect(withinFilm(-3, 600)).toBe(0);
  expect(withinFilm(700, 600)).toBe(600);
  expect(withinFilm(700, null)).toBe(700);
});
