import { expect, it } from 'vitest';
import { stretchesOf } from './matroska-stretches.ts';

const MB = 1_000_000;
/** Two seconds and 20 MB apart. */
const keyframes = Array.from({ length: 20 }, (_, i) => ({ timeSeconds: i * 2, offset: i * 20 * MB + 1000 }));
const index = { keyframes, mediaEndOffset: 400 * MB };
const head = { firstCluster: 500, sizeBytes: 401 * MB };

it('goes through the whole film in bounded pieces, without a gap', () => {
  const stretches = stretchesOf(index, head, { fromSeconds: 0, toSeconds: Number.POSITIVE_INFINITY });
  expect(stretches[0]?.start).toBe(500);
  expect(stretches.at(-1)?.end).toBe(400 * MB);
  for (const [i, { start, end }] of stretches.entries()) {
    expect(end - start).toBeLessThanOrEqual(160 * MB);
    if (i > 0) expect(start).toBe(stretches[i - 1]?.end);
  }
});

it('reads a window from the keyframe before it to the one behind it', () => {
  const window = { fromSeconds: 20, toSeconds: 25 };
  expect(stretchesOf(index, head, window)).toEqual([{ start: 200 * MB + 1000, end: 260 * MB + 1000 }]);
});

it('reads nothing of a film that says nothing', () => {
  const nothing = { keyframes: [], mediaEndOffset: 0 };
  const window = { fromSeconds: 0, toSeconds: 1 };
  expect(stretchesOf(nothing, { firstCluster: null, sizeBytes: 10 }, window)).toEqual([]);
});
