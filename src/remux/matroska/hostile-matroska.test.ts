import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type EbmlElement, ID, readElement } from '../../probe/container-index/ebml.ts';
import { header } from '../../probe/container-index/testing/matroska-writer.ts';
import { memorySource, sparseSource } from '../../probe/container-index/testing/sparse-source.ts';
import type { ByteSource } from '../../source/byte-source.ts';
import { ByteCursor } from '../byte-cursor.ts';
import { element, unsignedElement } from '../testing/matroska-bytes.fixture.ts';
import { readBlocks } from './blocks.ts';
import { audioFormat } from './formats.ts';
import { restoreFrame } from './frames.ts';
import { parseTracks } from './tracks.ts';

const damaged = expect.objectContaining({ code: 'media_damaged' });

/** An MP3 track with further elements. */
const entry = (...parts: Uint8Array[]) =>
  element(
    ID.TrackEntry,
    unsignedElement(ID.TrackNumber, 1),
    unsignedElement(ID.TrackType, 2),
    element(ID.CodecID, Buffer.from('A_MPEG/L3')),
    ...parts,
  );

function tracksOf(...entries: Uint8Array[]) {
  const bytes = element(ID.Tracks, ...entries);
  return parseTracks(bytes, readElement(bytes, 0) as EbmlElement);
}

const encoding = (...settings: Uint8Array[]) =>
  element(
    ID.ContentEncodings,
    element(
      ID.ContentEncoding,
      element(ID.ContentCompression, unsignedElement(ID.ContentCompAlgo, 3), ...settings),
    ),
  );

describe('tracks', () => {
  it('are not a thousand', () => {
    expect(() => tracksOf(...new Array<Uint8Array>(1001).fill(entry()))).toThrow(damaged);
  });

  it('do not put a megabyte before each frame', () => {
    const prefix = (bytes: number) => encoding(element(ID.ContentCompSettings, new Uint8Array(bytes)));
    expect(tracksOf(entry(prefix(256)))[0]?.encoding.kind).toBe('stripped');
    expect(tracksOf(entry(prefix(1 << 20)))[0]?.encoding.kind).toBe('unsupported');
  });

  it('have a sample rate that a codec can have', () => {
    const rate = (hertz: number) => {
      const value = Buffer.alloc(8);
      value.writeDoubleBE(hertz);
      const [track] = tracksOf(entry(element(ID.Audio, element(ID.SamplingFrequency, value))));
      return track && audioFormat(track);
    };
    expect(rate(44_100)?.sampleRate).toBe(44_100);
    for (const hertz of [0.1, -1, 1e9]) expect(rate(hertz)).toBeNull();
  });
});

it('a frame is not inflated beyond measure', () => {
  const zip = (bytes: number) => restoreFrame(deflateSync(new Uint8Array(bytes)), { kind: 'zlib' });
  expect(zip(1 << 20)).toHaveLength(1 << 20);
  expect(zip(17 << 20)).toBeNull();
});

describe('reading blocks', () => {
  async function drain(source: ByteSource, maxBytes?: number): Promise<number> {
    const { sizeBytes } = await source.open();
    const cursor = new ByteCursor(source, 0, 1 << 20, sizeBytes);
    for await (const _ of readBlocks(cursor, () => false, maxBytes));
    return cursor.position;
  }
  const cluster = (...parts: Uint8Array[]) => element(ID.Cluster, unsignedElement(ID.Timestamp, 0), ...parts);

  it('ends in a file of nothing but padding', async () => {
    const nothing = Buffer.alloc(2_100_000 * 2, Buffer.of(ID.Void, 0x80));
    await expect(drain(memorySource(nothing))).rejects.toEqual(damaged);
  });

  it('ends where padding reaches over terabytes', async () => {
    const size = 2 ** 32;
    const parts = Array.from({ length: 100 }, (_, i) => ({ at: i * size, bytes: header(ID.Void, size - 9) }));
    await expect(drain(sparseSource(100 * size, parts))).rejects.toEqual(damaged);
  });

  it('ends where it is told to, though no block comes', async () => {
    const padding = element(ID.Void, new Uint8Array(1000));
    const film = memorySource(Buffer.concat([cluster(), ...new Array<Buffer>(1000).fill(padding)]));
    expect(await drain(film, 10_000)).toBeLessThan(12_000);
  });
});
