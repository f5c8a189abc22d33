import { beforeEach, expect, test } from 'vitest';
import type { Cue, TimeWindow } from '../../../src/subtitles/cue.ts';
import { HeldLines, MAX_HELD } from './held-lines.ts';

const span = (fromSeconds: number, toSeconds: number): TimeWindow => ({ fromSeconds, toSeconds });
const cue = (startSeconds: number, endSeconds = startSeconds + 1): Cue => ({
  ...{ startSeconds, endSeconds, text: `${startSeconds}`, settings: '' },
});

let dropped: string[];
let held: HeldLines<string>;
beforeEach(() => {
  dropped = [];
  held = new HeldLines({ make: ({ text }) => text, drop: (line) => dropped.push(line) });
});

/** As many as there is room for, from 1,000 s on, ten in a second. */
function fill(kept: TimeWindow): void {
  for (let n = 0; n < MAX_HELD; n += 1) expect(held.hold(cue(1_000 + n / 10), kept)).toBe(true);
}

test('a line that two stretches have is held once', () => {
  expect(held.hold(cue(5), span(0, 15))).toBe(true);
  expect(held.hold(cue(5), span(0, 15))).toBe(true);
  expect(held.lines).toEqual(['5']);
});

test('one more makes room where lines are far from what is kept, and these are to be loaded again', () => {
  fill(span(1_000, 1_400));
  held.hasLoaded(span(1_000, 1_400));
  expect(held.hold(cue(1_400), span(1_300, 1_500))).toBe(true);
  expect(held.loaded).toEqual([span(1_300, 1_400)]);
  expect(held.lines).toContain('1299');
  expect(held.lines).not.toContain('1298.9');
  expect(dropped).toHaveLength(2_990);
});

test('where all that is held is kept, one more is refused, and what is held stays', () => {
  fill(span(1_000, 1_400));
  held.hasLoaded(span(1_000, 1_390));
  expect(held.hold(cue(1_400), span(990, 1_500))).toBe(false);
  expect(held.hold(cue(1_000), span(990, 1_500))).toBe(true);
  expect(held.lines).toHaveLength(MAX_HELD);
  expect(held.loaded).toEqual([span(1_000, 1_390)]);
  expect(dropped).toEqual([]);
});

test('a stretch that was broken off at its very start counts as nothing', () => {
  held.hasLoaded(span(10, 10));
  held.hasLoaded(span(10, 9.5));
  expect(held.loaded).toEqual([]);
  expect(held.hasAllAt(10)).toBe(false);
});

test('cleared, it holds nothing', () => {
  held.hold(cue(5), span(0, 15));
  held.hasLoaded(span(0, 15));
  expect(held.hasAllAt(5)).toBe(true);
  held.clear();
  expect(held.lines).toEqual([]);
  expect(dropped).toEqual(['5']);
  expect(held.hasAllAt(5)).toBe(false);
});
