import { expect, test } from 'vitest';
import { bandEnds } from './bands.ts';
import { ByteTimeline } from './byte-timeline.ts';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const HOUR = 3_600;
/** An hour of film at so many bytes per second. */
const film = (bytesPerSecond: number, cacheBytes = 4 * GIB) => ({
  sizeBytes: HOUR * bytesPerSecond,
  timeline: ByteTimeline.even(HOUR, HOUR * bytesPerSecond),
  cacheBytes,
});

test('bands are seconds of film: ten, sixty, six hundred', () => {
  const at = 1_000 * MIB;
  expect(bandEnds(at, film(MIB))).toEqual({
    second: at + MIB,
    next: at + 10 * MIB,
    ahead: at + 60 * MIB,
    warm: at + 600 * MIB,
  });
});

test('where the bit rate changes, so do they', () => {
  const timeline = new ByteTimeline([
    { seconds: 0, offset: 0 },
    { seconds: 100, offset: 100 * MIB },
    { seconds: 200, offset: 500 * MIB },
  ]);
  const changing = { sizeBytes: 500 * MIB, timeline, cacheBytes: 4 * GIB };
  expect(bandEnds(0, changing)).toMatchObject({ next: 10 * MIB, ahead: 60 * MIB });
  expect(bandEnds(100 * MIB, changing)).toMatchObject({ next: 140 * MIB, ahead: 340 * MIB });
});

test('of a film with few bits there is enough for requests to be worth it', () => {
  expect(bandEnds(0, film(20_000))).toEqual({
    second: 20_000,
    next: MIB,
    ahead: 8 * MIB,
    warm: 600 * 20_000,
  });
});

test('none is more than the cache can hold of several films', () => {
  expect(bandEnds(0, film(20 * MIB))).toMatchObject({ next: 200 * MIB, ahead: 256 * MIB });
  expect(bandEnds(0, film(MIB, 16 * MIB))).toMatchObject({ next: 2 * MIB, ahead: 2 * MIB });
});

test('they end with the file', () => {
  const { sizeBytes, ...short } = film(MIB);
  const end = { second: sizeBytes, next: sizeBytes, ahead: sizeBytes, warm: sizeBytes };
  expect(bandEnds(sizeBytes - 1, { sizeBytes, ...short })).toEqual(end);
  expect(bandEnds(sizeBytes, { sizeBytes, ...short })).toEqual(end);
});

test('a film of unknown length is fetched by bytes, and no further than ahead', () => {
  const unknown = { sizeBytes: 4 * GIB, timeline: null, cacheBytes: 4 * GIB };
  expect(bandEnds(0, unknown)).toEqual({ second: MIB, next: 8 * MIB, ahead: 32 * MIB, warm: 32 * MIB });
});
