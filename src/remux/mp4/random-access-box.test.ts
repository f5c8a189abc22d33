import { expect, it } from 'vitest';
import type { ContainerIndex } from '../../plan/types.ts';
import { randomAccessBox } from './random-access-box.ts';

function index(fragments: number): ContainerIndex {
  return {
    container: 'mp4',
    originSeconds: 0,
    videoEndSeconds: fragments,
    durationSeconds: fragments,
    keyframes: Array.from({ length: fragments }, (_, i) => ({ timeSeconds: i, offset: i * 10 })),
    mediaEndOffset: fragments * 10,
    indexRanges: [],
  };
}
const tracks = (count: number) => Array.from({ length: count }, (_, i) => ({ id: i + 1, timescale: 1000 }));

it('has a table for each track of a film', () => {
  const box = Buffer.from(randomAccessBox(index(3), tracks(3)));
  expect(box.length).toBe(8 + 3 * (24 + 2 * 19) + 16);
  expect(box.readUInt32BE(0)).toBe(box.length);
  expect(box.readUInt32BE(box.length - 4)).toBe(box.length);
});

it('does not grow with tracks times fragments', () => {
  expect(randomAccessBox(index(65_535), tracks(3000)).length).toBeLessThan(40_000_000);
  expect(randomAccessBox(index(10), tracks(3000)).length).toBe(8 + 65 * (24 + 9 * 19) + 16);
});
