import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteTimeline } from './byte-timeline.ts';

const FILM = new ByteTimeline([
  { seconds: 0, offset: 1_000 },
  { seconds: 10, offset: 11_000 },
  { seconds: 20, offset: 12_000 },
  { seconds: 30, offset: 42_000 },
]);

test.each([
  [-5, 1_000],
  [0, 1_000],
  [5, 6_000],
  [10, 11_000],
  [15, 11_500],
  [29.5, 40_500],
  [30, 42_000],
  [99, 42_000],
])('at %d s the film is at byte %d', (seconds, offset) => {
  expect(FILM.offsetAt(seconds)).toBe(offset);
});

test.each([
  [0, 0],
  [1_000, 0],
  [6_000, 5],
  [11_500, 15],
  [42_000, 30],
  [99_000, 30],
])('byte %d is at %d s', (offset, seconds) => {
  expect(FILM.secondsAt(offset)).toBe(seconds);
});

test('a film of known length has its mean bit rate', () => {
  const even = ByteTimeline.even(100, 5_000);
  expect([even.offsetAt(0), even.offsetAt(20), even.offsetAt(100)]).toEqual([0, 1_000, 5_000]);
  expect(ByteTimeline.even(0, 5_000).offsetAt(1)).toBe(5_000);
});

test('time and bytes rise together, whatever order the places come in', () => {
  const place = fc.record({ seconds: fc.nat(1_000), offset: fc.nat(1_000_000) });
  const places = fc.array(place, { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(places, fc.nat(1_100), fc.nat(1_100), (list, a, b) => {
      const timeline = new ByteTimeline(list);
      const [early, late] = [Math.min(a, b), Math.max(a, b)];
      expect(timeline.offsetAt(early)).toBeLessThanOrEqual(timeline.offsetAt(late));
      expect(timeline.secondsAt(early * 1_000)).toBeLessThanOrEqual(timeline.secondsAt(late * 1_000));
      const seconds = timeline.secondsAt(timeline.offsetAt(early));
      expect(Number.isFinite(seconds)).toBe(true);
    }),
  );
});
