import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planEstimated } from '../../plan/estimated-plan.ts';
import { type AccessPoint, AccessPointSearch, type SeenPicture } from './access-point-search.ts';
import { CutFinder } from './cut-finder.ts';

const FRAME_SECONDS = 0.04;

/** A film of pictures of odd sizes, with keyframes where it likes, that counts the places it is read from. */
function filmOf(groups: readonly { frames: number; bytesPerFrame: number }[]) {
  const pictures: SeenPicture[] = [];
  let offset = 0;
  for (const { frames, bytesPerFrame } of groups) {
    for (let i = 0; i < frames; i++) {
      pictures.push({ seconds: pictures.length * FRAME_SECONDS, offset, isKey: i === 0 });
      offset += bytesPerFrame;
    }
  }
  const end: AccessPoint = { seconds: pictures.length * FRAME_SECONDS, offset };
  const counted = { looks: 0, pictures: 0 };
  async function* scan(from: number) {
    counted.looks++;
    for (let i = lowerBound(pictures, from); i < pictures.length; i++) {
      counted.pictures++;
      const picture = pictures[i];
      if (picture) yield picture;
    }
  }
  const search = () => new AccessPointSearch({ scan, known: [{ seconds: 0, offset: 0 }], end });
  return { pictures, keys: pictures.filter(({ isKey }) => isKey), end, counted, search };
}

function lowerBound(pictures: readonly SeenPicture[], offset: number): number {
  let low = 0;
  let high = pictures.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((pictures[middle]?.offset ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

const groups = fc.array(
  fc.record({
    frames: fc.integer({ min: 1, max: 300 }),
    bytesPerFrame: fc.integer({ min: 100, max: 300_000 }),
  }),
  { minLength: 1, maxLength: 120 },
);

describe('AccessPointSearch', () => {
  it('finds the first access point at or after any time, in any order of questions', async () => {
    await fc.assert(
      fc.asyncProperty(
        groups,
        fc.array(fc.double({ min: 0, max: 1.1, noNaN: true }), { maxLength: 12 }),
        async (spec, shares) => {
          const film = filmOf(spec);
          const search = film.search();
          for (const share of shares) {
            const seconds = share * film.end.seconds;
            const key = film.keys.find((candidate) => candidate.seconds >= seconds);
            const found = await search.firstAtOrAfter(seconds);
            expect(found).toEqual(key ? { seconds: key.seconds, offset: key.offset } : null);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('looks at a few places of a long film, not through it', async () => {
    const film = filmOf(
      Array.from({ length: 3600 }, (_, n) => ({ frames: 50, bytesPerFrame: 8000 + (n % 7) * 9000 })),
    );
    await film.search().firstAtOrAfter(5000);
    expect(film.counted.looks).toBeLessThanOrEqual(9);
    expect(film.counted.pictures).toBeLessThan(300);
  });

  it('gives up where no access point comes for a minute', async () => {
    const film = filmOf([
      { frames: 50, bytesPerFrame: 5000 },
      { frames: 3000, bytesPerFrame: 5000 },
    ]);
    await expect(film.search().firstAtOrAfter(10)).rejects.toMatchObject({ code: 'media_damaged' });
  });

  it('ends whatever the times are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ seconds: fc.double({ min: -1e5, max: 1e5, noNaN: true }), isKey: fc.boolean() }),
          { maxLength: 200 },
        ),
        fc.double({ min: 0, max: 500, noNaN: true }),
        async (units, seconds) => {
          const pictures = units.map((unit, i) => ({ ...unit, offset: i * 100_000 }));
          let looks = 0;
          async function* scan(from: number) {
            looks++;
            for (const picture of pictures) if (picture.offset >= from) yield picture;
          }
          const end = { seconds: 400, offset: units.length * 100_000 };
          const search = new AccessPointSearch({ scan, known: [{ seconds: 0, offset: 0 }], end });
          await search.firstAtOrAfter(seconds).catch(() => {});
          expect(looks).toBeLessThanOrEqual(10);
        },
      ),
    );
  });
});

describe('CutFinder', () => {
  const index = (film: ReturnType<typeof filmOf>) => ({
    container: 'unindexed' as const,
    originSeconds: 0,
    videoEndSeconds: film.end.seconds,
    durationSeconds: film.end.seconds,
    keyframes: [{ timeSeconds: 0, offset: 0 }],
    mediaEndOffset: film.end.offset,
    indexRanges: [],
  });

  it('cuts at access points, without gap or overlap, and the plan becomes exact', async () => {
    await fc.assert(
      fc.asyncProperty(groups, fc.infiniteStream(fc.nat()), async (spec, order) => {
        const film = filmOf(spec);
        const longest = Math.max(...spec.map(({ frames }) => frames)) * FRAME_SECONDS;
        const plan = planEstimated(index(film), longest);
        const finder = new CutFinder(plan, film.search(), longest - FRAME_SECONDS / 2);
        const picks = plan.segments.map((segment) => ({ segment, at: order.next().value ?? 0 }));
        const located = new Map<number, { startSeconds: number; endSeconds: number; startOffset: number }>();
        for (const { segment } of picks.toSorted((a, b) => a.at - b.at))
          located.set(segment.index, await finder.locate(segment));
        let next = 0;
        for (const { index: n, startSeconds } of plan.segments) {
          const segment = located.get(n);
          if (!segment) throw new Error('unreachable');
          expect(
            film.keys.some(
              ({ seconds, offset }) => seconds === segment.startSeconds && offset === segment.startOffset,
            ),
          ).toBe(true);
          expect(segment.startSeconds).toBeLessThanOrEqual(startSeconds + 1e-9);
          expect(segment.startSeconds).toBe(next);
          next = segment.endSeconds;
        }
        expect(next).toBe(plan.durationSeconds);
        expect(finder.plan.segments.map(({ startSeconds }) => startSeconds)).toEqual(
          plan.segments.map(({ index: n }) => located.get(n)?.startSeconds),
        );
        expect(
          Math.max(...finder.plan.segments.map((s) => Math.round(s.endSeconds - s.startSeconds))),
        ).toBeLessThanOrEqual(plan.targetDurationSeconds);
      }),
      { numRuns: 100 },
    );
  });

  it('gives segments in a hole no bytes and their planned time, and nothing twice', async () => {
    const film = filmOf(Array.from({ length: 12 }, () => ({ frames: 50, bytesPerFrame: 20_000 })));
    // Three to seventeen seconds are gone, but for their bytes.
    const isGone = ({ seconds }: SeenPicture) => seconds >= 3 && seconds < 17;
    async function* scan(from: number) {
      for (const picture of film.pictures) if (picture.offset >= from && !isGone(picture)) yield picture;
    }
    const search = new AccessPointSearch({ scan, known: [{ seconds: 0, offset: 0 }], end: film.end });
    const plan = planEstimated(index(film), 2);
    const finder = new CutFinder(plan, search, 2 - FRAME_SECONDS / 2);
    const located = await Promise.all(plan.segments.map((segment) => finder.locate(segment)));
    expect(located.map(({ startSeconds, endSeconds }) => [startSeconds, endSeconds])).toEqual([
      [0, 4],
      [4, 8],
      [8, 12],
      [12, 18],
      [18, 20],
      [20, 24],
    ]);
    expect(located.map(({ startOffset, endOffset }) => endOffset > startOffset)).toEqual([
      true,
      false,
      false,
      false,
      true,
      true,
    ]);
  });

  it('gives a segment within an unexpectedly long group that group from its beginning', async () => {
    const film = filmOf([
      { frames: 100, bytesPerFrame: 5000 },
      { frames: 400, bytesPerFrame: 5000 },
      { frames: 100, bytesPerFrame: 5000 },
    ]);
    const plan = planEstimated(index(film), 4);
    const finder = new CutFinder(plan, film.search(), 4 - FRAME_SECONDS / 2);
    const located = await Promise.all(plan.segments.map((segment) => finder.locate(segment)));
    expect(located.map(({ startSeconds, endSeconds }) => [startSeconds, endSeconds])).toEqual([
      [0, 4],
      [4, 20],
      [4, 20],
      [4, 20],
      [4, 20],
      [20, 24],
    ]);
    expect(finder.plan.segments.every((segment) => segment.endSeconds > segment.startSeconds)).toBe(true);
  });
});
