import { expect, test } from 'vitest';
import { byteSize, clockTime, delayText, waitTime } from './time.ts';

test.each([
  [0, '0:00'],
  [59.999, '0:59'],
  [247, '4:07'],
  [3600, '1:00:00'],
  [3729.5, '1:02:09'],
  [86_399, '23:59:59'],
  [360_000, '100:00:00'],
  [-5, '−0:05'],
  [Number.NaN, '–:––'],
  [Number.POSITIVE_INFINITY, '–:––'],
])('clockTime(%d) is %s', (seconds, text) => {
  expect(clockTime(seconds)).toBe(text);
});

test.each([
  [7.6, '8 ms'],
  [999, '999 ms'],
  [1440, '1.4 s'],
])('waitTime(%d) is %s', (ms, text) => {
  expect(waitTime(ms)).toBe(text);
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [48_200_000, '48 MB'],
  [999_900_000, '1.0 GB'],
  [20e9, '20 GB'],
])('byteSize(%d) is %s', (bytes, text) => {
  expect(byteSize(bytes)).toBe(text);
});

test.each([
  [0, 'on time'],
  [0.1, '0.1 s later'],
  [-12, '12.0 s earlier'],
])('delayText(%d) is %s', (seconds, text) => {
  expect(delayText(seconds)).toBe(text);
});
