import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteCursor } from '../byte-cursor.ts';
import { memorySource } from '../testing/films.fixture.ts';
import {
  blockBytes,
  element,
  openElement,
  simpleBlock,
  unsignedElement,
} from '../testing/matroska-bytes.fixture.ts';
import { type Block, readBlocks } from './blocks.ts';

const CLUSTER = 0x1f43b675;
const TIMESTAMP = 0xe7;
const data = (...bytes: number[]) => Uint8Array.from(bytes);

async function blocksOf(bytes: Uint8Array, pieceBytes = 7, wanted = (_: number) => true): Promise<Block[]> {
  const cursor = new ByteCursor(memorySource(bytes, pieceBytes), 0, bytes.length, bytes.length);
  const blocks: Block[] = [];
  for await (const block of readBlocks(cursor, wanted)) blocks.push(block);
  return blocks;
}

const brief = (blocks: Block[]) =>
  blocks.map(({ trackNumber, timestamp, isKey, frames }) => [
    trackNumber,
    timestamp,
    isKey,
    frames.map((frame) => [...frame]),
  ]);

const cluster = (time: number, ...blocks: Buffer[]) =>
  element(CLUSTER, unsignedElement(TIMESTAMP, time), ...blocks);

describe('readBlocks', () => {
  it('reads simple blocks, groups and laces, a few bytes at a time', async () => {
    const group = element(
      0xa0,
      element(0xa1, blockBytes({ track: 1, time: 40, frames: [data(5)] })),
      element(0x9b, [40]),
      element(0xfb, [0xd8]),
    );
    const bytes = Buffer.concat([
      cluster(1000, simpleBlock({ track: 1, time: -5, frames: [data(1, 2, 3)] }), group),
      element(0xec, new Array<number>(50).fill(0)),
      cluster(2000, simpleBlock({ track: 2, time: 0, lacing: 'xiph', frames: [data(7), data(8, 9)] })),
    ]);
    const blocks = await blocksOf(bytes);
    expect(brief(blocks)).toEqual([
      [1, 995, true, [[1, 2, 3]]],
      [1, 1040, false, [[5]]],
      [2, 2000, true, [[7], [8, 9]]],
    ]);
    expect(blocks[1]?.duration).toBe(40);
  });

  it('reads clusters of unknown size', async () => {
    const bytes = Buffer.concat([
      openElement(0x18538067),
      openElement(CLUSTER),
      unsignedElement(TIMESTAMP, 10),
      simpleBlock({ track: 1, time: 1, frames: [data(1)] }),
      openElement(CLUSTER),
      unsignedElement(TIMESTAMP, 20),
      simpleBlock({ track: 1, time: 2, frames: [data(2)] }),
    ]);
    expect(brief(await blocksOf(bytes))).toEqual([
      [1, 11, true, [[1]]],
      [1, 22, true, [[2]]],
    ]);
  });

  it('leaves out the frames of tracks nobody wants', async () => {
    const bytes = cluster(
      0,
      simpleBlock({ track: 1, time: 1, frames: [new Uint8Array(1000)] }),
      simpleBlock({ track: 2, time: 2, frames: [data(2)] }),
    );
    expect(brief(await blocksOf(bytes, 64, (track) => track === 2))).toEqual([
      [1, 1, true, []],
      [2, 2, true, [[2]]],
    ]);
  });

  it('goes on behind a damaged stretch', async () => {
    const good = (time: number) => cluster(time, simpleBlock({ track: 1, time: 0, frames: [data(time)] }));
    const garbage = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) & 0xff));
    const bytes = Buffer.concat([good(1), garbage, good(2), good(3)]);
    expect((await blocksOf(bytes, 1000)).map(({ timestamp }) => timestamp)).toEqual([1, 2, 3]);
  });

  it('ends quietly where the file is cut off', async () => {
    const whole = Buffer.concat([
      cluster(1, simpleBlock({ track: 1, time: 0, frames: [data(1)] })),
      cluster(2, simpleBlock({ track: 1, time: 0, frames: [new Uint8Array(500)] })),
    ]);
    for (const cut of [1, 100, 400, whole.length - 20]) {
      const blocks = await blocksOf(whole.subarray(0, whole.length - cut));
      expect(blocks.length).toBeLessThanOrEqual(1);
    }
  });

  it('survives any bytes', async () => {
    const film = Buffer.concat(
      [1, 2, 3, 4].map((time) =>
        cluster(
          time,
          ...[0, 1, 2].map((at) => simpleBlock({ track: 1, time: at, frames: [new Uint8Array(30)] })),
        ),
      ),
    );
    const damage = fc.array(fc.tuple(fc.nat(film.length - 1), fc.nat(255)), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(damage, fc.integer({ min: 1, max: 200 }), async (changes, pieceBytes) => {
        const bytes = Buffer.from(film);
        for (const [at, value] of changes) bytes[at] = value;
        const blocks = await blocksOf(bytes, pieceBytes);
        expect(blocks.length).toBeLessThanOrEqual(60);
      }),
      { numRuns: 200 },
    );
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (bytes) => {
        await blocksOf(bytes);
      }),
    );
  });
});
