import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planSegments, segmentAt } from './segments.ts';
import { film, sound } from './testing.fixture.ts';
import type { ContainerIndex, SegmentPlan } from './types.ts';

const audio = sound({ codec: 'aac' });
const media = film({ durationSeconds: null, audio: [audio] });

function index(times: number[], videoEnd: number | null, duration = videoEnd ?? 0): ContainerIndex {
  return {
    container: 'matroska',
    originSeconds: 0,
    videoEndSeconds: videoEnd,
    durationSeconds: duration,
    keyframes: times.map((timeSeconds, i) => ({ timeSeconds, offset: 1000 + i * 100 })),
    mediaEndOffset: 1000 + times.length * 100,
    indexRanges: [],
  };
}

/** Keyframes each `gop` seconds. */
const every = (gop: number, end: number) => Array.from({ length: Math.ceil(end / gop) }, (_, i) => i * gop);
const starts = (plan: SegmentPlan) => plan.segments.map((s) => s.startSeconds);

describe('planSegments', () => {
  it.each<[string, ContainerIndex, number[], number]>([
    ['2 s groups become 4 s', index(every(2, 12), 12), [0, 4, 8], 4],
    ['10 s groups stay whole', index(every(10, 30), 30), [0, 10, 20], 10],
    ['a short rest is joined', index([0, 4, 8], 9.5), [0, 4], 6],
    ['a rest that would make it too long is not', index([0, 5, 10], 11.5), [0, 5, 10], 5],
    ['a cut before a long group', index([0, 3.9, 9.8], 14), [0, 3.9, 9.8], 6],
    ['no crumb before a long group', index([0, 1, 9], 14), [0, 9], 9],
    ['a film of one frame', index([0], 0.04), [0], 1],
    ['a single group', index([0], 50), [0], 50],
    ['a short audio tail is joined', index(every(10, 30), 30, 30.5), [0, 10, 20], 11],
    ['a tail that fits is joined', index(every(4, 12), 12, 13.9), [0, 4, 8], 6],
    [
      'a long tail gets segments of its own',
      index(every(5, 30), 30, 45),
      [0, 5, 10, 15, 20, 25, 30, 35, 40],
      5,
    ],
    ['audio alone is cut by time', index([0], null, 20), [0, 5, 10, 15], 5],
    ['audio alone is cut where its index says', index([0, 4.9, 9.9], null, 14), [0, 4.9, 9.9], 5],
  ])('%s', (_, given, cuts, target) => {
    const plan = planSegments(given, media);
    expect(starts(plan)).toEqual(cuts);
    expect(plan.targetDurationSeconds).toBe(target);
  });

  it('does not go on for subtitles', () => {
    const plan = planSegments(index(every(5, 30), 30, 90), { ...media, audio: [] });
    expect(plan.durationSeconds).toBe(30);
    expect(plan.segments.at(-1)?.endSeconds).toBe(30);
  });

  it('tells where each segment lies in the file', () => {
    const plan = planSegments(index(every(2, 12), 12), media);
    expect(plan.segments.map((s) => [s.startOffset, s.endOffset])).toEqual([
      [1000, 1200],
      [1200, 1400],
      [1400, 1600],
    ]);
  });

  it('gives segments of one cluster bytes up to the next cluster', () => {
    const film = index(every(4, 16), 16);
    for (const keyframe of film.keyframes.slice(1, 3)) keyframe.offset = 1100;
    const plan = planSegments(film, media);
    expect(plan.segments.map((s) => [s.startOffset, s.endOffset])).toEqual([
      [1000, 1100],
      [1100, 1300],
      [1100, 1300],
      [1300, 1400],
    ]);
  });

  it('holds its promises for any film', () => {
    const gaps = fc.array(fc.double({ min: 0.02, max: 15, noNaN: true }), { minLength: 1, maxLength: 200 });
    const tail = fc.double({ min: 0, max: 40, noNaN: true });
    fc.assert(
      fc.property(gaps, tail, fc.boolean(), (lengths, audioTail, hasVideo) => {
        let end = 0;
        const times = lengths.map((gap) => {
          end += gap;
          return end - gap;
        });
        times[0] = 0;
        const film = index(times, hasVideo ? end : null, end + audioTail);
        const plan = planSegments(film, media);
        checkCoverage(plan, end + audioTail);
        const cuts = new Set(times);
        for (const segment of plan.segments) {
          if (hasVideo && segment.startSeconds < end) expect(cuts).toContain(segment.startSeconds);
          expect(segment.endOffset).toBeGreaterThanOrEqual(segment.startOffset);
          expect(segment.endOffset).toBeLessThanOrEqual(film.mediaEndOffset);
        }
        for (const [i, segment] of plan.segments.entries()) {
          expect(segment.startOffset).toBeGreaterThanOrEqual(plan.segments[i - 1]?.startOffset ?? 0);
          expect(segmentAt(plan, segment.startSeconds).index).toBe(i);
        }
      }),
    );
  });
});

function checkCoverage(plan: SegmentPlan, duration: number): void {
  let position = 0;
  for (const [i, segment] of plan.segments.entries()) {
    expect(segment.index).toBe(i);
    expect(segment.startSeconds).toBe(position);
    expect(segment.endSeconds).toBeGreaterThan(segment.startSeconds);
    const extinf = Number((segment.endSeconds - segment.startSeconds).toFixed(6));
    expect(Math.round(extinf)).toBeLessThanOrEqual(plan.targetDurationSeconds);
    position = segment.endSeconds;
  }
  expect(position).toBe(duration);
}

describe('segmentAt', () => {
  it('clamps into the film', () => {
    const plan = planSegments(index(every(5, 20), 20), media);
    expect([-1, 0, 4.999, 5, 19, 99].map((t) => segmentAt(plan, t).index)).toEqual([0, 0, 0, 1, 3, 3]);
  });
});
