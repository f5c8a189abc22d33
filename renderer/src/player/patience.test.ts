import { expect, test } from 'vitest';
import { Patience } from './patience.ts';

test('what fails for long is told of once', () => {
  const patience = new Patience();
  expect(patience.failed(1_000, 2_000)).toBe(false);
  expect(patience.failed(3_000, 10_999)).toBe(false);
  expect(patience.failed(10_999, 11_000)).toBe(true);
  expect(patience.failed(12_000, 60_000)).toBe(false);
});

test('one attempt that takes long and fails is enough', () => {
  expect(new Patience().failed(1_000, 16_000)).toBe(true);
});

test('what has succeeded since may fail for as long again', () => {
  const patience = new Patience();
  expect(patience.failed(0, 10_000)).toBe(true);
  patience.succeeded();
  expect(patience.failed(20_000, 21_000)).toBe(false);
  expect(patience.failed(22_000, 30_000)).toBe(true);
});
