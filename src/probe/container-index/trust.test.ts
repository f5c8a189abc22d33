import { describe, expect, it } from 'vitest';
import type { ContainerIndex } from '../../plan/types.ts';
import { assertFilm, distrust, filmEnd } from './trust.ts';

const SIZE = 1_000_000;

function index(times: number[], end: number, offsets?: number[]): ContainerIndex {
  return {
    container: 'matroska',
    originSeconds: 0,
    videoEndSeconds: end,
    durationSeconds: end,
    keyframes: times.map((timeSeconds, i) => ({ timeSeconds, offset: offsets?.[i] ?? i * 100 })),
    mediaEndOffset: SIZE,
    indexRanges: [],
  };
}
const every = (gap: number, count: number) => Array.from({ length: count }, (_, i) => i * gap);

describe('distrust', () => {
  it.each<[string, ContainerIndex, RegExp | null]>([
    ['an ordinary film', index(every(2, 100), 200), null],
    ['groups of a minute', index(every(60, 10), 600), null],
    ['two minutes throughout', index(every(120, 10), 1200), null],
    ['two days throughout', index(every(172_800, 3), 518_400), /no keyframe for 172800/],
    ['one keyframe in a short film', index([0], 50), null],
    ['one keyframe in a long film', index([0], 5000), /no keyframe for 5000/],
    ['a hole', index([0, 2, 4, 6, 400, 402], 404), /no keyframe for 394/],
    ['the end left out', index(every(2, 100), 1000), /no keyframe for 802/],
    ['no keyframes', index([], 10), /no keyframes/],
    ['a late beginning', index([5, 10], 20), /first frame/],
    ['no duration', index([0], Number.NaN), /no duration/],
    ['the same time twice', index([0, 2, 2], 4), /ascend/],
    ['a place outside', index([0, 2], 4, [0, SIZE]), /outside/],
    ['places backwards', index([0, 2, 4], 6, [300, 200, 100]), /offsets/],
    ['a time that is none', index([0, Number.NaN], 4), /not a number/],
  ])('%s', (_, given, reason) => {
    if (reason === null) expect(distrust(given, SIZE)).toBeNull();
    else expect(distrust(given, SIZE)).toMatch(reason);
  });

  it('is strict where a walk would find every keyframe', () => {
    const partial = index([0, 2, 4], 20);
    expect(distrust(partial, SIZE)).toBeNull();
    expect(distrust(partial, SIZE, true)).toMatch(/16 seconds/);
    expect(distrust(index(every(20, 10), 200), SIZE, true)).toBeNull();
  });
});

describe('times without sense', () => {
  it('a broken track does not make the film endless', () => {
    expect(filmEnd(30, [31, 1e14])).toBe(31);
  });

  it('a film of no or endless length is damaged', () => {
    for (const end of [0, -1, 1e9, Number.NaN]) {
      expect(() => assertFilm(index([0], end))).toThrow(expect.objectContaining({ code: 'media_damaged' }));
    }
    expect(assertFilm(index([0], 24 * 3600)).durationSeconds).toBe(86_400);
  });
});
