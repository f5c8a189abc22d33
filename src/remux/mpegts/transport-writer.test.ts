import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32 } from './crc32.ts';
import { decodeTicks } from './decode-times.ts';
import { PID, programAssociation, programMap } from './psi.ts';
import { PACKET_BYTES, type PesUnit, TransportWriter } from './transport-writer.ts';

interface ParsedPacket {
  pid: number;
  isStart: boolean;
  counter: number;
  pcr: number | null;
  payload: Uint8Array | null;
}

/** An independent reading of ISO/IEC 13818-1 §2.4.3. */
function parse(stream: Uint8Array): ParsedPacket[] {
  expect(stream.length % PACKET_BYTES).toBe(0);
  const packets: ParsedPacket[] = [];
  for (let at = 0; at < stream.length; at += PACKET_BYTES) {
    const packet = Buffer.from(stream.subarray(at, at + PACKET_BYTES));
    expect(packet[0]).toBe(0x47);
    const control = (packet.readUInt8(3) >> 4) & 3;
    let body = 4;
    let pcr: number | null = null;
    if (control & 2) {
      const length = packet.readUInt8(4);
      if (length > 0 && packet.readUInt8(5) & 0x10)
        pcr = packet.readUInt32BE(6) * 2 + (packet.readUInt8(10) >> 7);
      body += 1 + length;
    }
    expect(body).toBeLessThanOrEqual(PACKET_BYTES);
    packets.push({
      pid: packet.readUInt16BE(1) & 0x1fff,
      isStart: (packet.readUInt8(1) & 0x40) !== 0,
      counter: packet.readUInt8(3) & 15,
      pcr,
      payload: control & 1 ? packet.subarray(body) : null,
    });
  }
  return packets;
}

const unit = fc.record<PesUnit>({
  pid: fc.constantFrom(PID.video, PID.audio),
  streamId: fc.constant(0xe0),
  pts: fc.integer({ min: 0, max: 2 ** 40 }),
  dts: fc.integer({ min: 0, max: 2 ** 40 }),
  isKey: fc.boolean(),
  pcr: fc.option(fc.integer({ min: 0, max: 2 ** 40 })),
  payload: fc.uint8Array({ minLength: 2, maxLength: 1200 }),
});

describe('TransportWriter', () => {
  it('carries every payload whole, counts without a break and ends at counter 0', () => {
    fc.assert(
      fc.property(fc.array(unit, { minLength: 1, maxLength: 20 }), (units) => {
        const writer = new TransportWriter(PACKET_BYTES);
        const last = new Map(units.map((one) => [one.pid, one]));
        for (const one of units) writer.writePes(one, last.get(one.pid) === one);
        const packets = parse(writer.bytes());
        for (const pid of last.keys()) {
          const own = packets.filter((packet) => packet.pid === pid && packet.payload);
          expect(own.length % 16).toBe(0);
          expect(own.map(({ counter }) => counter)).toEqual(own.map((_, i) => i % 16));
          const written = units.filter((one) => one.pid === pid);
          const starts = own.flatMap((packet, i) => (packet.isStart ? [i] : []));
          expect(starts.length).toBe(written.length);
          written.forEach((one, i) => {
            const parts = own
              .slice(starts[i], starts[i + 1])
              .map((packet) => packet.payload ?? new Uint8Array());
            const pes = Buffer.concat(parts);
            expect(pes.readUInt32BE(0)).toBe(0x1e0);
            expect(pes.readUInt16BE(4)).toBe(pes.length - 6);
            expect(Buffer.compare(pes.subarray(9 + pes.readUInt8(8)), one.payload)).toBe(0);
            const pcr = own[starts[i] ?? 0]?.pcr ?? null;
            expect(pcr).toBe(one.pcr === null ? null : one.pcr % 2 ** 33);
          });
        }
      }),
    );
  });

  it('wraps times at 33 bits, as a film of more than 26.5 hours needs', () => {
    const writer = new TransportWriter(PACKET_BYTES);
    const pts = 2 ** 33 + 12345;
    writer.writePes({
      pid: 256,
      streamId: 0xe0,
      pts,
      dts: pts,
      isKey: true,
      pcr: null,
      payload: new Uint8Array(9),
    });
    const pes = Buffer.from(parse(writer.bytes())[0]?.payload ?? []);
    const read =
      ((pes.readUInt8(9) >> 1) & 7) * 2 ** 30 +
      (pes.readUInt16BE(10) >> 1) * 2 ** 15 +
      (pes.readUInt16BE(12) >> 1);
    expect(read).toBe(12345);
  });
});

describe('program tables', () => {
  it('end in a CRC that checks', () => {
    expect(crc32(Buffer.from('123456789'))).toBe(0x0376e6e7);
    const map = programMap([{ pid: PID.video, streamType: 0x1b }], PID.video);
    for (const section of [programAssociation(), map]) expect(crc32(section.subarray(1))).toBe(0);
  });
});

describe('decodeTicks', () => {
  it('never passes a presentation time and rises over the joints of segments made apart', () => {
    const gop = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 8 });
    const film = fc.array(gop, { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(film, fc.array(fc.integer({ min: 1500, max: 9000 }), { minLength: 1 }), (gops, steps) => {
        let now = 900_000;
        let count = 0;
        const tick = () => {
          now += steps[count++ % steps.length] ?? 1500;
          return now;
        };
        let last = Number.NEGATIVE_INFINITY;
        for (const groups of gops) {
          // Each group: a reference frame presented after up to three B-frames decoded behind it.
          const pts = [tick()];
          for (const between of groups) {
            const times = Array.from({ length: between + 1 }, tick);
            pts.push(times.at(-1) ?? 0, ...times.slice(0, -1));
          }
          const dts = decodeTicks(pts, { reorderDepth: 1, minFrameSeconds: 1 / 60 });
          dts.forEach((time, i) => {
            expect(time).toBeLessThanOrEqual(pts[i] ?? 0);
            expect(time).toBeGreaterThan(last);
            last = time;
          });
        }
      }),
    );
  });
});
