import { expect, it } from 'vitest';
import { PictureClock } from './picture-clock.ts';

it('tells each clock once it is found, and whoever asks later at once', () => {
  const clock = new PictureClock();
  const told: string[] = [];
  clock.whenKnown(0, () => told.push('a'));
  clock.whenKnown(1, () => told.push('b'));
  expect(told).toEqual([]);
  clock.found(0);
  clock.found(0);
  expect(told).toEqual(['a']);
  clock.whenKnown(0, () => told.push('c'));
  clock.found(1);
  expect(told).toEqual(['a', 'c', 'b']);
});
