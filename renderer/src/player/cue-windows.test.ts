import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TimeWindow } from '../../../src/subtitles/cue.ts';
import { isIn, nextWindow, within, withWindow } from './cue-windows.ts';

const span = (fromSeconds: number, toSeconds: number): TimeWindow => ({ fromSeconds, toSeconds });

test.each([
  ['at the start of the film', [], 0, span(0, 15)],
  ['before it, which a delay can ask for', [], -2, span(0, 15)],
  ['after a seek', [span(0, 75)], 400.25, span(400.25, 415.25)],
  ['ahead of what is there', [span(0, 15)], 3, span(15, 75)],
  ['while enough is there', [span(0, 75)], 15, null],
  ['when it runs low', [span(0, 75)], 15.5, span(75, 135)],
  ['up to what is there already', [span(0, 30), span(40, 200)], 1, span(30, 40)],
  ['between two stretches', [span(0, 30), span(40, 200)], 35, span(35, 40)],
  ['at the very end of a stretch', [span(0, 30)], 30, span(30, 45)],
] as const)('%s', (_when, loaded, at, wanted) => {
  expect(nextWindow(loaded, at)).toEqual(wanted);
});

test('whoever loads what is next comes to have a minute from any place, without asking twice', () => {
  const place = fc.integer({ min: 0, max: 600 });
  fc.assert(
    fc.property(fc.array(place, { minLength: 1, maxLength: 20 }), (places) => {
      let loaded: TimeWindow[] = [];
      for (const at of places) {
        for (let next = nextWindow(loaded, at); next !== null; next = nextWindow(loaded, at)) {
          expect(next.toSeconds).toBeGreaterThan(next.fromSeconds);
          for (const { fromSeconds, toSeconds } of loaded) {
            expect(next.toSeconds <= fromSeconds || next.fromSeconds >= toSeconds).toBe(true);
          }
          loaded = withWindow(loaded, next);
        }
        expect(loaded.some((window) => isIn(window, at) && window.toSeconds >= at + 60)).toBe(true);
      }
      expect(loaded).toEqual(loaded.toSorted((a, b) => a.fromSeconds - b.fromSeconds));
    }),
  );
});

test('a gap that a request could not tell is none', () => {
  const loaded = [span(0, 30), span(30.0004, 45)].reduce(withWindow, [] as TimeWindow[]);
  expect(loaded).toEqual([span(0, 45)]);
  expect(nextWindow([span(10, 40)], 9.9996)).toEqual(span(40, 100));
  expect(nextWindow([span(10, 40)], 9.998)).toEqual(span(9.998, 10));
});

test('what is forgotten is asked for again', () => {
  const loaded = within([span(0, 30), span(40, 200), span(300, 310)], span(50, 100));
  expect(loaded).toEqual([span(50, 100)]);
  expect(nextWindow(loaded, 45)).toEqual(span(45, 50));
});
