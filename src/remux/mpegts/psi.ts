import { crc32 } from './crc32.ts';

/** Packet identifiers of our one program. */
export const PID = { pat: 0, pmt: 0x1000, video: 0x100, audio: 0x101 } as const;

/** ISO/IEC 13818-1 table 2-34. */
export const STREAM_TYPE = { avc: 0x1b, hevc: 0x24, aac: 0x0f, mpeg1Audio: 0x03, mpeg2Audio: 0x04 } as const;

export interface ElementaryStream {
  pid: number;
  streamType: number;
}

const PROGRAM = 1;

/** The program association section (ISO/IEC 13818-1 §2.4.4.3) with its pointer field. */
export function programAssociation(): Uint8Array {
  return section(0, 1, [...u16(PROGRAM), ...u16(0xe000 | PID.pmt)]);
}

/** The program map section (§2.4.4.8) with its pointer field. */
export function programMap(streams: readonly ElementaryStream[], pcrPid: number): Uint8Array {
  const entries = streams.flatMap(({ pid, streamType }) => [
    streamType,
    ...u16(0xe000 | pid),
    ...u16(0xf000),
  ]);
  return section(2, PROGRAM, [...u16(0xe000 | pcrPid), ...u16(0xf000), ...entries]);
}

function section(tableId: number, extension: number, body: readonly number[]): Uint8Array {
  const length = 5 + body.length + 4;
  const bytes = Uint8Array.from([
    tableId,
    ...u16(0xb000 | length),
    ...u16(extension),
    0xc1, // version 0, current
    0, // section 0 of …
    0, // … 0
    ...body,
  ]);
  return Uint8Array.from([0, ...bytes, ...u32(crc32(bytes))]);
}

function u16(value: number): number[] {
  return [(value >> 8) & 0xff, value & 0xff];
}

function u32(value: number): number[] {
  return [...u16(value >>> 16), ...u16(value & 0xffff)];
}
