import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ContainerIndex } from '../../plan/types.ts';
import { elements, ID } from '../../probe/container-index/ebml.ts';
import * as mkv from '../../probe/container-index/testing/matroska-writer.ts';
import * as mp4 from '../../probe/container-index/testing/mp4-writer.ts';
import { MemorySource } from '../../source/memory-source.ts';
import { type Cue, WHOLE_FILM } from '../cue.ts';
import type { CueReader } from './cue-reader.ts';
import { blockPlaces } from './matroska-cue-points.ts';
import { openMatroskaTrack } from './matroska-track.ts';
import { openMp4Track } from './mp4-track.ts';

const { signal } = new AbortController();
const ONLY = { position: 0, count: 1 };

const indexOf = (container: 'matroska' | 'mp4', end: number): ContainerIndex => ({
  ...{ container, originSeconds: 0, videoEndSeconds: 10, durationSeconds: 10 },
  ...{ keyframes: [{ timeSeconds: 0, offset: 0 }], mediaEndOffset: end, indexRanges: [] },
});

async function all(reader: CueReader | null): Promise<Cue[]> {
  const cues: Cue[] = [];
  for await (const batch of reader?.cues(WHOLE_FILM, signal) ?? []) cues.push(...batch);
  return cues;
}

describe('Matroska', () => {
  const entry = (number: number, type: number, codec: string, ...more: Uint8Array[]) =>
    mkv.element(
      ID.TrackEntry,
      mkv.unsignedElement(ID.TrackNumber, number),
      mkv.unsignedElement(ID.TrackType, type),
      mkv.textElement(ID.CodecID, codec),
      ...more,
    );
  const zlib = mkv.element(
    ID.ContentEncodings,
    mkv.element(
      ID.ContentEncoding,
      mkv.element(ID.ContentCompression, mkv.unsignedElement(ID.ContentCompAlgo, 0)),
    ),
  );
  const group = (time: number, text: Uint8Array, duration = 1000) =>
    mkv.element(
      ID.BlockGroup,
      mkv.element(ID.Block, [0x82, (time >> 8) & 255, time & 255, 0], text),
      mkv.unsignedElement(ID.BlockDuration, duration),
    );
  const film = (
    blocks: Uint8Array[],
    places: { time: number; relative?: number }[],
    ...more: Uint8Array[]
  ) => {
    const head = mkv.concat(
      mkv.opening(),
      mkv.info(10_000),
      mkv.element(ID.Tracks, entry(1, 1, 'V_MPEG4/ISO/AVC'), entry(2, 17, 'S_TEXT/UTF8', ...more)),
    );
    const segmentStart = mkv.opening().length;
    const cues = (position: number) =>
      mkv.element(
        ID.Cues,
        ...places.map(({ time, relative }) =>
          mkv.element(
            ID.CuePoint,
            mkv.unsignedElement(ID.CueTime, time),
            mkv.element(
              ID.CueTrackPositions,
              mkv.unsignedElement(ID.CueTrack, 2),
              mkv.unsignedElement(ID.CueClusterPosition, position),
              ...(relative === undefined ? [] : [mkv.unsignedElement(ID.CueRelativePosition, relative)]),
            ),
          ),
        ),
      );
    const position = head.length - segmentStart + cues(0).length;
    const timestamp = mkv.unsignedElement(ID.Timestamp, 0);
    return mkv.concat(head, cues(position), mkv.element(ID.Cluster, timestamp, ...blocks));
  };
  const open = (bytes: Uint8Array) =>
    openMatroskaTrack(new MemorySource(bytes, 'film.mkv'), indexOf('matroska', bytes.length), ONLY, signal);
  const text = (said: string) => new TextEncoder().encode(said);
  const TIMESTAMP_BYTES = mkv.unsignedElement(ID.Timestamp, 0).length;
  /** Between the lines, so that it is cheaper to read those alone. */
  const picture = mkv.simpleBlock({ track: 1, time: 0, isKey: true, bytes: 1_000_000 });

  it('reads the blocks that its Cues list, and by their times', async () => {
    const line = group(5, text('listed'));
    const other = group(6, text('not listed'));
    const bytes = film([line, picture, other], [{ time: 5, relative: TIMESTAMP_BYTES }]);
    expect((await all(await open(bytes))).map((cue) => cue.text)).toEqual(['listed']);
  });

  it.each([
    ['lead elsewhere', [{ time: 5, relative: 3 }]],
    ['lead behind the file', [{ time: 5, relative: 2 ** 40 }]],
    ['do not tell the place in the cluster', [{ time: 5 }]],
    ['are none of the track', []],
  ])('reads the film through where its Cues %s', async (_, places) => {
    const bytes = film([group(5, text('a')), picture, group(2000, text('b'))], places);
    expect(await all(await open(bytes))).toEqual([
      { startSeconds: 0.005, endSeconds: 1.005, text: 'a', settings: '' },
      { startSeconds: 2, endSeconds: 3, text: 'b', settings: '' },
    ]);
  });

  it('gives up on compressed text without end', async () => {
    const bomb = group(0, deflateSync(Buffer.alloc(15 << 20, 0x20)));
    const bytes = film([bomb, bomb, bomb], [], zlib);
    expect(bytes.length).toBeLessThan(100_000);
    await expect(open(bytes).then(all)).rejects.toMatchObject({ code: 'media_damaged' });
  });

  it('is bounded by what it lists', async () => {
    const many = Array.from({ length: 60_000 }, () => ({ time: 5, relative: TIMESTAMP_BYTES }));
    const bytes = film([group(5, text('x')), picture], many);
    // More than a track may list: read through instead.
    expect(await all(await open(bytes))).toHaveLength(1);
  });

  it('never throws on Cues of any kind', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (junk) => {
        const bytes = mkv.element(ID.Cues, mkv.element(ID.CuePoint, junk), junk);
        for (const cues of elements(bytes)) blockPlaces(bytes, cues, 2, 0);
      }),
    );
  });
});

describe('MP4', () => {
  const trackOf = (...tables: Uint8Array[]) => {
    const video = mp4.track({ id: 1, tables: mp4.sampleTables({ count: 1, sizes: [1], chunkOffset: 8 }) });
    const subtitles = mp4.box(
      'trak',
      mp4.fullBox('tkhd', 1, mp4.u32(0, 0, 2, 0, 0), new Uint8Array(60)),
      mp4.box(
        'mdia',
        mp4.fullBox('mdhd', 0, mp4.u32(0, 0, 1000, 0, 0)),
        mp4.fullBox('hdlr', 0, mp4.u32(0), [...Buffer.from('sbtl')], new Uint8Array(13)),
        mp4.box(
          'minf',
          mp4.box('stbl', mp4.fullBox('stsd', 0, mp4.u32(1), mp4.box('tx3g', new Uint8Array(38))), ...tables),
        ),
      ),
    );
    return mp4.movie([video, subtitles]);
  };
  const open = (bytes: Uint8Array) =>
    openMp4Track(new MemorySource(bytes, 'film.mp4'), indexOf('mp4', bytes.length), ONLY, signal);
  const media = mp4.box('mdat', [0, 2, 0x48, 0x69, 0, 0, 0, 3, 0x62, 0x79, 0x65]);
  const film = (spec: Omit<mp4.TableSpec, 'chunkOffset'>) =>
    mkv.concat(
      mp4.FILE_TYPE,
      media,
      trackOf(...mp4.sampleTables({ ...spec, chunkOffset: mp4.FILE_TYPE.length + 8 })),
    );

  it('reads samples, and gaps as nothing', async () => {
    expect(await all(await open(film({ count: 3, duration: 1500, sizes: [4, 2, 5] })))).toEqual([
      { startSeconds: 0, endSeconds: 1.5, text: 'Hi', settings: '' },
      { startSeconds: 3, endSeconds: 4.5, text: 'bye', settings: '' },
    ]);
  });

  it('takes no sample that the file does not hold', async () => {
    expect(await all(await open(film({ count: 2, sizes: [4, 60_000] })))).toHaveLength(1);
  });

  it('gives up on a table without end', async () => {
    await expect(open(film({ count: 900_000, sizes: 4 })).then(all)).rejects.toMatchObject({
      code: 'media_damaged',
    });
  });
});
