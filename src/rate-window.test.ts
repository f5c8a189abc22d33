import { expect, test } from 'vitest';
import { RateWindow } from './rate-window.ts';

function windowAt(maxKeys?: number) {
  const clock = { ms: 0 };
  const options = { limit: 3, windowMs: 1000, now: () => clock.ms };
  return { clock, window: new RateWindow(maxKeys === undefined ? options : { ...options, maxKeys }) };
}

test('a key may be noted so often in a window, and again in the next', () => {
  const { clock, window } = windowAt(2);
  for (let n = 0; n < 3; n++) {
    expect(window.waitMs('a')).toBe(0);
    window.note('a');
  }
  clock.ms = 400;
  expect(window.waitMs('a')).toBe(600);
  expect(window.waitMs('b')).toBe(0);
  clock.ms = 1000;
  expect(window.waitMs('a')).toBe(0);
  window.note('a');
  expect(window.waitMs('a')).toBe(0);
});

test('forgets the oldest window past its number of keys', () => {
  const { clock, window } = windowAt(2);
  for (const key of ['a', 'a', 'a', 'b', 'b', 'b']) window.note(key);
  clock.ms = 1000;
  for (let n = 0; n < 3; n++) window.note('a');
  clock.ms = 1500;
  window.note('c');
  expect([window.waitMs('a'), window.waitMs('b')]).toEqual([500, 0]);
});
