import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteCursor } from '../byte-cursor.ts';
import { TransportWriter } from '../mpegts/transport-writer.ts';
import { memorySource } from '../testing/films.fixture.ts';
import { detectLayout, type PacketLayout } from './packets.ts';
import { type PesUnit, readPes } from './pes.ts';

const PLAIN: PacketLayout = { packetBytes: 188, prefixBytes: 0 };
const VIDEO = 0x100;

/** A stream of PES packets of our own writer, which players and ffmpeg take. */
function write(payloads: readonly Uint8Array[]): Buffer {
  const writer = new TransportWriter(1 << 20);
  payloads.forEach((payload, n) => {
    const pts = 900_000 + n * 3600;
    writer.writePes({ pid: VIDEO, streamId: 0xe0, pts, dts: pts, isKey: false, pcr: null, payload }, false);
  });
  return Buffer.from(writer.bytes());
}

async function read(bytes: Uint8Array, from = 0, layout = PLAIN): Promise<PesUnit[]> {
  const cursor = new ByteCursor(memorySource(bytes, 1000), from, bytes.length, bytes.length);
  const units: PesUnit[] = [];
  for await (const unit of readPes(cursor, layout, (pid) => pid === VIDEO)) units.push(unit);
  return units;
}

const payloads = fc.array(fc.uint8Array({ minLength: 1, maxLength: 2000 }), { minLength: 1, maxLength: 20 });

describe('readPes', () => {
  it('reads what was written, with times and places, from any packet on', async () => {
    await fc.assert(
      fc.asyncProperty(payloads, fc.nat(1000), async (written, start) => {
        const bytes = write(written);
        const units = await read(bytes);
        expect(units.map(({ payload }) => Buffer.from(payload))).toEqual(
          written.map((one) => Buffer.from(one)),
        );
        expect(units.map(({ ptsTicks }) => ptsTicks)).toEqual(written.map((_, n) => 900_000 + n * 3600));
        expect(units.every(({ damage }) => damage === 'none')).toBe(true);
        const from = (start * 188) % bytes.length;
        const later = units.filter(({ offset }) => offset >= from);
        expect(await read(bytes, from)).toEqual(later);
      }),
      { numRuns: 60 },
    );
  });

  it('reads packets with a time in front, or parity behind', async () => {
    const plain = write([Buffer.alloc(3000, 1), Buffer.alloc(500, 2)]);
    const packets = Array.from({ length: plain.length / 188 }, (_, n) =>
      plain.subarray(n * 188, (n + 1) * 188),
    );
    for (const layout of [
      { packetBytes: 192, prefixBytes: 4 },
      { packetBytes: 204, prefixBytes: 0 },
    ] as const) {
      const behind = Buffer.alloc(layout.packetBytes - 188 - layout.prefixBytes, 9);
      const bytes = Buffer.concat(
        packets.flatMap((packet) => [Buffer.alloc(layout.prefixBytes, 9), packet, behind]),
      );
      expect(detectLayout(bytes)).toEqual({ layout, start: 0 });
      const units = await read(bytes, 0, layout);
      expect(units.map(({ payload }) => payload.length)).toEqual([3000, 500]);
    }
  });

  it('says which units lost bytes, and goes on behind a stretch that is no transport stream', async () => {
    const bytes = write(Array.from({ length: 12 }, (_, n) => Buffer.alloc(1500, n)));
    const whole = await read(bytes);
    const missing = Buffer.concat([bytes.subarray(0, 3 * 188), bytes.subarray(4 * 188)]);
    expect((await read(missing)).map(({ damage }) => damage === 'none')).toEqual(
      whole.map((_, n) => n !== 0),
    );
    const zeroed = Buffer.from(bytes);
    zeroed.fill(0, 1000, 10_000);
    const after = await read(zeroed);
    expect(after[0]?.damage).toBe('torn');
    expect(after.slice(1)).toEqual(whole.filter(({ offset }) => offset >= 10_000));
  });

  it('survives any bytes, and anything done to a stream', async () => {
    await fc.assert(
      fc.asyncProperty(
        payloads,
        fc.array(fc.record({ at: fc.nat(30_000), with: fc.uint8Array({ maxLength: 400 }) }), {
          maxLength: 6,
        }),
        fc.nat(400),
        async (written, edits, from) => {
          const bytes = write(written);
          for (const edit of edits)
            bytes.set(
              edit.with.subarray(0, Math.max(0, bytes.length - edit.at)),
              Math.min(edit.at, bytes.length),
            );
          for (const unit of await read(bytes, Math.min(from, bytes.length)))
            expect(unit.payload.length).toBeLessThanOrEqual(bytes.length);
        },
      ),
      { numRuns: 200 },
    );
    expect(await read(Buffer.alloc(300_000, 0x47))).toEqual([]);
    expect(await read(Buffer.alloc(0))).toEqual([]);
  });
});
