import { describe, expect, it } from 'vitest';
import { readContainerIndex } from '../container-index.ts';
import { concat } from '../testing/matroska-writer.ts';
import {
  box,
  FILE_TYPE,
  fragment,
  fullBox,
  movie,
  sampleTables,
  track,
  trackDefaults,
  u32,
} from '../testing/mp4-writer.ts';
import { memorySource, sparseSource } from '../testing/sparse-source.ts';

const ALL = 0xffff_ffff;
const MEDIA = box('mdat', new Uint8Array(4000));
/** Where the media's bytes begin in a film that begins with them. */
const MEDIA_AT = FILE_TYPE.length + 8;

const film = (...parts: Uint8Array[]) => memorySource(concat(FILE_TYPE, MEDIA, ...parts));
const video = (tables: Uint8Array[]) => film(movie([track({ timescale: 1, tables })]));
const fragmented = (...moofs: Uint8Array[]) =>
  film(movie([track({})], [trackDefaults(1, 1, 0)]), ...moofs, MEDIA);

const plain = sampleTables({ count: 4, duration: 1, sizes: [10, 10, 10, 10], chunkOffset: MEDIA_AT });
/** The plain tables with one in another's place, or further ones. */
const with_ = (...others: Uint8Array[]) => {
  const names = others.map((other) => Buffer.from(other).toString('latin1', 4, 8));
  return [
    ...plain.filter((table) => !names.includes(Buffer.from(table).toString('latin1', 4, 8))),
    ...others,
  ];
};

const damaged = expect.objectContaining({ code: 'media_damaged' });

it('the films these are made from are sound', async () => {
  expect((await readContainerIndex(video(plain))).videoEndSeconds).toBe(4);
  const run = fullBox('trun', 0x201, u32(2, 100, 10, 10));
  expect((await readContainerIndex(fragmented(fragment(1, 0, run)))).videoEndSeconds).toBe(0.002);
});

describe('a count that no bytes back', () => {
  const silent = fullBox('trun', 0, u32(1_000_000));
  it.each<[string, Uint8Array]>([
    ['2^32 samples in a run', fragment(1, 0, fullBox('trun', 0, u32(ALL)))],
    ['a million in each of many runs', fragment(1, 0, ...new Array<Uint8Array>(40).fill(silent))],
    ['more samples than listed', fragment(1, 0, fullBox('trun', 0x200, u32(3, 10, 10)))],
    ['a run outside of any track', box('moof', fullBox('tfhd', 0, u32(1)), fullBox('trun', 0, u32(ALL)))],
    [
      'a run hidden in another box',
      box('moof', box('meta', fullBox('tfhd', 0, u32(1)), fullBox('trun', 0, u32(ALL)))),
    ],
  ])('in a fragment: %s', async (_, moof) => {
    await expect(readContainerIndex(fragmented(moof))).rejects.toEqual(damaged);
  });

  it('in fragments, each of them modest', async () => {
    const moof = fragment(1, 0, fullBox('trun', 0, u32(100_000)));
    await expect(readContainerIndex(fragmented(...new Array<Uint8Array>(50).fill(moof)))).rejects.toEqual(
      damaged,
    );
  });

  it.each<[string, Uint8Array[]]>([
    ['2^32 frames of one size', sampleTables({ count: ALL, duration: 1, sizes: 1, chunkOffset: 0 })],
    ['sizes of no bits', with_(fullBox('stz2', 0, u32(0, ALL))).slice(1)],
    ['sizes that are not there', with_(fullBox('stsz', 0, u32(0, ALL, 1, 2)))],
    ['runs that are not there', with_(fullBox('stts', 0, u32(ALL, 4, 1)))],
    [
      'times of frames that are not there',
      with_(fullBox('stts', 0, u32(1, ALL, 1)), fullBox('ctts', 0, u32(1, 4, 0))),
    ],
    ['offsets of frames that are not there', with_(fullBox('ctts', 0, u32(1, ALL, 0)))],
    ['a chunk of 2^32 samples', with_(fullBox('stsc', 0, u32(1, 1, ALL, 1)))],
    ['chunks that are not there', with_(fullBox('stsc', 0, u32(2, 1, 4, 1, ALL, 4, 1)))],
    ['the same table twice', [...plain, ...plain]],
    ['tables in a table', [...plain, box('stbl', ...plain)]],
  ])('in a sample table: %s', async (_, tables) => {
    await expect(readContainerIndex(video(tables))).rejects.toEqual(damaged);
  });

  it('in the sound beside the film', async () => {
    const sound = track({ id: 2, handler: 'soun', timescale: 1, tables: [] });
    const endless = sampleTables({ count: 1, sizes: 0, chunkOffset: 0 });
    endless[2] = fullBox('stz2', 0, u32(0, ALL));
    const tracks = [
      track({ timescale: 1, tables: plain }),
      track({ id: 3, handler: 'soun', tables: endless }),
    ];
    await expect(readContainerIndex(film(movie([sound, ...tracks])))).rejects.toEqual(damaged);
  });

  it('in a fragment within moov, which a packet reader would go through', async () => {
    const hidden = box('udta', fragment(1, 0, fullBox('trun', 0, u32(ALL))));
    await expect(
      readContainerIndex(film(movie([track({ timescale: 1, tables: plain }), hidden]))),
    ).rejects.toEqual(damaged);
  });
});

it('a large file cannot list a keyframe for each of its bytes', async () => {
  const tables = sampleTables({ count: 20_000_000, duration: 1, sizes: 1, chunkOffset: 0 });
  const head = concat(FILE_TYPE, movie([track({ timescale: 1, tables })]));
  const source = sparseSource(2 ** 30, [{ at: 0, bytes: head }]);
  await expect(readContainerIndex(source)).rejects.toEqual(damaged);
});

it('a thousand tracks are enough', async () => {
  const tracks = Array.from({ length: 1001 }, (_, i) => track({ id: i + 1, timescale: 1, tables: plain }));
  await expect(readContainerIndex(film(movie(tracks)))).rejects.toEqual(damaged);
});

it('ten hours of PCM in one chunk cost nothing', async () => {
  const sound = sampleTables({ count: 48_000 * 36_000, duration: 1, sizes: 4, chunkOffset: MEDIA_AT });
  const tracks = [
    track({ timescale: 1, tables: plain }),
    track({ id: 2, handler: 'soun', timescale: 48_000, tables: sound }),
  ];
  expect((await readContainerIndex(film(movie(tracks)))).videoEndSeconds).toBe(4);
});
