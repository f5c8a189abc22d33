import { describe, expect, it } from 'vitest';
import type { ContainerIndex } from '../../../plan/types.ts';
import { readContainerIndex } from '../container-index.ts';
import { ID } from '../ebml.ts';
import {
  type BlockSpec,
  cluster,
  concat,
  cues,
  durationTag,
  element,
  header,
  info,
  opening,
  seekHead,
  tracks,
} from '../testing/matroska-writer.ts';
import { memorySource, type SparseSource, sparseSource } from '../testing/sparse-source.ts';

const GIB = 1024 ** 3;
/** A group of pictures of 2 s at 25 frames per second, with audio between. */
const group = (bytes = 20): BlockSpec[] =>
  Array.from({ length: 50 }, (_, i) => [
    { track: 1, time: i * 40, isKey: i === 0, bytes },
    { track: 2, time: i * 40, isKey: true },
  ]).flat();
const clusters = (count: number, startTicks = 0) =>
  Array.from({ length: count }, (_, i) => cluster(startTicks + i * 2000, group()));

interface Layout {
  count?: number;
  startTicks?: number;
  info?: Uint8Array;
  /** Between the tracks and the first cluster. */
  before?: Uint8Array;
  /** Behind the Cues. */
  after?: Uint8Array;
  /** Bytes of nothing between clusters and Cues. */
  hole?: number;
  cuesOf?: (points: { time: number; position: number }[]) => Uint8Array;
  withSeekHead?: boolean;
}

/** A film with its Cues at the end, as most are. */
function film(layout: Layout = {}): { source: SparseSource; offsets: number[]; size: number } {
  const { count = 15, startTicks = 0, hole = 0, before = new Uint8Array(0) } = layout;
  const head = concat(layout.info ?? info(count * 2000), tracks(), before);
  const seekEntries = (at: number) =>
    layout.withSeekHead === false ? new Uint8Array(0) : seekHead([{ id: ID.Cues, position: at }]);
  const media = clusters(count, startTicks);
  const start = opening();
  const firstCluster = seekEntries(0).length + head.length;
  let position = firstCluster;
  const points = media.map((bytes, i) => {
    position += bytes.length;
    return { time: startTicks + i * 2000, position: position - bytes.length };
  });
  const filler = hole > 0 ? header(ID.Void, hole) : new Uint8Array(0);
  const cuesAt = position + filler.length + hole;
  const index = (layout.cuesOf ?? cues)(points);
  const tail = concat(index, layout.after ?? []);
  const front = concat(start, seekEntries(cuesAt), head, ...media, filler);
  const size = front.length + hole + tail.length;
  return {
    source: sparseSource(size, [
      { at: 0, bytes: front },
      { at: front.length + hole, bytes: tail },
    ]),
    offsets: points.map((p) => p.position + start.length),
    size,
  };
}

const times = (index: ContainerIndex) => index.keyframes.map((k) => k.timeSeconds);
const everyTwo = Array.from({ length: 15 }, (_, i) => i * 2);

describe('Cues', () => {
  it('give times, places, origin and end', async () => {
    const { source, offsets } = film();
    const index = await readContainerIndex(source);
    expect(times(index)).toEqual(everyTwo);
    expect(index.keyframes.map((k) => k.offset)).toEqual(offsets);
    expect(index).toMatchObject({
      container: 'matroska',
      originSeconds: 0,
      videoEndSeconds: 30,
      durationSeconds: 30,
    });
  });

  it('of 20 GiB cost two requests and little more than themselves', async () => {
    const { source, size } = film({ hole: 20 * GIB });
    const index = await readContainerIndex(source);
    expect(times(index)).toEqual(everyTwo);
    expect(source.fetched.length).toBeLessThanOrEqual(2);
    const fetched = source.fetched.reduce((sum, r) => sum + r.end - r.start, 0);
    const own = index.indexRanges.at(-1);
    expect(fetched - ((own?.end ?? 0) - (own?.start ?? 0))).toBeLessThanOrEqual(300_000);
    expect(own?.end).toBe(size);
    expect(index.mediaEndOffset).toBe(own?.start);
  });

  it('behind megabytes of fonts and in front of them cost one request more', async () => {
    const fonts = element(ID.Attachments, new Uint8Array(300_000));
    const { source } = film({ hole: GIB, before: fonts, after: fonts });
    const index = await readContainerIndex(source);
    expect(times(index)).toEqual(everyTwo);
    expect(source.fetched.length).toBeLessThanOrEqual(3);
  });

  it('of other tracks do not count', async () => {
    const { source } = film({
      cuesOf: (points) =>
        cues(points.flatMap((p) => [{ ...p, track: 2, time: p.time + 7 }, p, { ...p, track: 1 }])),
    });
    expect(times(await readContainerIndex(source))).toEqual(everyTwo);
  });

  it('that leave out the first keyframe are completed', async () => {
    const { source } = film({ cuesOf: (points) => cues(points.slice(1)) });
    expect(times(await readContainerIndex(source))).toEqual(everyTwo);
  });

  it('in a second SeekHead are found', async () => {
    const body = concat(info(4000), tracks(), ...clusters(2));
    const own = seekHead([{ id: ID.SeekHead, position: 0 }]).length;
    const index = cues([
      { time: 0, position: own + body.length - clusters(2).reduce((n, c) => n + c.length, 0) },
    ]);
    const second = seekHead([{ id: ID.Cues, position: own + body.length }]);
    const first = seekHead([{ id: ID.SeekHead, position: own + body.length + index.length }]);
    const source = memorySource(concat(opening(), first, body, index, second));
    expect(times(await readContainerIndex(source))).toEqual([0]);
  });

  it.each<[string, Layout['cuesOf']]>([
    ['with holes', (points) => cues([...points.slice(0, 3), ...points.slice(40)])],
    ['that point nowhere', (points) => cues(points.map((p) => ({ ...p, position: p.position + 50 * GIB })))],
    [
      'that run backwards',
      (points) => cues(points.map((p, i) => ({ ...p, time: (points.length - i) * 2000 }))),
    ],
    ['without entries', () => cues([])],
  ])('%s are not trusted', async (_, cuesOf) => {
    const layout: Layout = { count: 60, ...(cuesOf ? { cuesOf } : {}) };
    const remote = film({ ...layout, hole: 20 * GIB });
    await expect(readContainerIndex(remote.source)).rejects.toMatchObject({ code: 'no_index' });
    // What is near is walked through instead.
    const near = await readContainerIndex(film(layout).source);
    expect(near.keyframes).toHaveLength(60);
  });
});

describe('origin', () => {
  it('is the first video frame, wherever the container begins', async () => {
    const { source } = film({ startTicks: 5000, info: info(35_000) });
    const index = await readContainerIndex(source);
    expect(index).toMatchObject({ originSeconds: 5, videoEndSeconds: 30 });
    expect(times(index)).toEqual(everyTwo);
  });

  it('counts mkvmerge durations from the beginning of the file', async () => {
    const { source } = film({ startTicks: 5000, info: info(30_000, 'libebml v1.4 + libmatroska v1.7') });
    expect(await readContainerIndex(source)).toMatchObject({ originSeconds: 5, videoEndSeconds: 30 });
  });

  it('is the first leading picture when the film begins with an open group', async () => {
    const open = cluster(0, [
      { track: 1, time: 80, isKey: true },
      { track: 1, time: 0 },
      { track: 1, time: 40 },
      { track: 1, time: 120 },
      { track: 1, time: 2080, isKey: true },
      { track: 1, time: 2000 },
    ]);
    const source = memorySource(concat(opening(), info(2120), tracks(['video']), open));
    const index = await readContainerIndex(source);
    expect(index.originSeconds).toBe(0);
    expect(times(index)).toEqual([0, 2.08]);
  });
});

describe('the end', () => {
  it('of the video comes from its statistics tag, not from the longer audio', async () => {
    const after = durationTag(100, '00:00:29.960000000');
    const { source } = film({ info: info(34_000), hole: 20 * GIB, after });
    const index = await readContainerIndex(source);
    expect(index).toMatchObject({ videoEndSeconds: 29.96, durationSeconds: 34 });
    expect(source.fetched).toHaveLength(2);
  });

  it('is looked up in the last clusters where nothing is written', async () => {
    const { source } = film({ info: info(null) });
    expect(await readContainerIndex(source)).toMatchObject({ videoEndSeconds: 30 });
  });
});

describe('without Cues', () => {
  const live = (...parts: Uint8Array[]) => concat(opening(), info(null), tracks(), ...parts);

  it('a small film is walked through', async () => {
    const index = await readContainerIndex(memorySource(live(...clusters(15))));
    expect(times(index)).toEqual(everyTwo);
    expect(index).toMatchObject({ videoEndSeconds: 30, durationSeconds: 30 });
  });

  it('also one whose clusters have no size', async () => {
    const unsized = clusters(15).map((c) => concat(header(ID.Cluster, null), c.subarray(12)));
    expect(times(await readContainerIndex(memorySource(live(...unsized))))).toEqual(everyTwo);
  });

  it('garbage in the middle costs only what it covers', async () => {
    const parts = clusters(15);
    parts[7] = new Uint8Array(5000).fill(0x5a);
    expect(times(await readContainerIndex(memorySource(live(...parts))))).toEqual(
      everyTwo.filter((t) => t !== 14),
    );
  });

  it('a large local film is walked from cluster to cluster', async () => {
    const big = header(ID.Void, 3 * GIB);
    const front = live(...clusters(15), big);
    const source = sparseSource(front.length + 3 * GIB, [{ at: 0, bytes: front }]);
    const index = await readContainerIndex(source, undefined, { cheapReads: true });
    expect(times(index)).toEqual(everyTwo);
    expect(index.videoEndSeconds).toBe(30);
  });

  it('a large remote film is refused', async () => {
    const front = live(...clusters(3), header(ID.Void, GIB));
    const source = sparseSource(front.length + GIB, [{ at: 0, bytes: front }]);
    await expect(readContainerIndex(source)).rejects.toMatchObject({ code: 'no_index' });
    expect(source.fetched.length).toBeLessThanOrEqual(3);
  });
});
