import { describe, expect, it } from 'vitest';
import type { ByteSource } from '../../source/byte-source.ts';
import { TransportWriter } from '../mpegts/transport-writer.ts';
import { memorySource } from '../testing/films.fixture.ts';
import { readHead, readSample, scanPictures, type Wanted } from './survey.ts';
import { TransportClock } from './transport-clock.ts';
import type { TransportFile } from './transport-file.ts';

const MEGABYTE = 1 << 20;
const VIDEO = { pid: 0x100, codec: 'avc' } as const;
const OTHER = 0x200;
const wanted: Wanted = { video: VIDEO, audio: [] };
const clock = new TransportClock(900_000);

/** Transport packets of one stream, as one PES packet or as many as there are payloads. */
function packets(pid: number, payloads: readonly Uint8Array[]): Buffer {
  const writer = new TransportWriter(1 << 20);
  for (const payload of payloads)
    writer.writePes(
      { pid, streamId: 0xe0, pts: 900_000, dts: 900_000, isKey: false, pcr: null, payload },
      false,
    );
  return Buffer.from(writer.bytes());
}

/** A file of many gigabytes: some bytes, then a piece that repeats. Counts what is read of it. */
function longFile(head: Uint8Array, piece: Uint8Array): { file: TransportFile; bytesRead: () => number } {
  let bytesRead = 0;
  const sizeBytes = head.length + piece.length * 4000;
  const source: ByteSource = {
    ...memorySource(head),
    async *stream(start, end) {
      for (let at = start; at < end; ) {
        const isHead = at < head.length;
        const bytes = isHead ? head.subarray(at) : piece.subarray((at - head.length) % piece.length);
        const part = bytes.subarray(0, end - at);
        bytesRead += part.length;
        at += part.length;
        yield part;
      }
    },
  };
  return {
    file: { source, sizeBytes, layout: { packetBytes: 188, prefixBytes: 0 } },
    bytesRead: () => bytesRead,
  };
}

const picture = packets(VIDEO.pid, [Buffer.from([0, 0, 1, 0x65, 0x88, 1, 2, 3])]);
/** A megabyte of a stream that nobody wants. */
const others = packets(OTHER, [Buffer.alloc(MEGABYTE)]);

describe('a look into a film whose picture has ended', () => {
  it('at its beginning is bounded', async () => {
    const { file, bytesRead } = longFile(picture, others);
    expect(await readHead(file, wanted)).toMatchObject({ keys: [{ ptsTicks: 900_000 }], isWhole: false });
    expect(bytesRead()).toBeLessThan(66 * MEGABYTE);
  });

  it('at its middle is bounded', async () => {
    const { file, bytesRead } = longFile(picture, others);
    expect(await readSample(file, VIDEO, clock, 1000 * others.length)).toBeNull();
    expect(bytesRead()).toBeLessThan(18 * MEGABYTE);
  });

  it('for a place to begin at ends, though much later', async () => {
    const { file, bytesRead } = longFile(picture, others);
    const from = 1000 * others.length;
    for await (const seen of scanPictures(file, VIDEO, clock, { from, expectedEnd: from + MEGABYTE }))
      expect(seen).toBeUndefined();
    expect(bytesRead()).toBeLessThan(260 * MEGABYTE);
  });
});

describe('a hostile beginning', () => {
  it('of nothing but key pictures is looked at no longer than any other', async () => {
    const slice = Buffer.from([0, 0, 1, 0x65, 0x88, 1, 2, 3]);
    const { file } = longFile(picture, packets(VIDEO.pid, new Array(16_000).fill(slice)));
    const silent = { video: VIDEO, audio: [{ pid: OTHER, codec: 'aac' }] } as const;
    const { keys, isWhole } = await readHead(file, silent);
    expect({ isWhole, areBounded: keys.length < 4000 }).toEqual({ isWhole: false, areBounded: true });
  });

  it('of any number of parameter sets is compared with a few of them', async () => {
    const set = (n: number) => Buffer.of(0, 0, 1, 0x68, 1 + (n >> 7), 1 + (n & 127));
    const sets = Buffer.concat(Array.from({ length: 5000 }, (_, n) => set(n)));
    const bytes = packets(VIDEO.pid, [Buffer.concat([sets, Buffer.of(0, 0, 1, 0x65, 0x88, 1)])]);
    const { file } = longFile(bytes, others);
    expect((await readHead(file, wanted)).parameterSets).toHaveLength(256);
  });
});
