import type { VideoFormat } from '../packet.ts';

/** What turns a container's access units (ISO/IEC 14496-15) into a byte stream (ITU-T H.264/H.265 annex B). */
export interface NalFraming {
  codec: 'avc' | 'hevc';
  /** Bytes of each NAL unit's length field: 1, 2 or 4. */
  lengthBytes: number;
  /** VPS, SPS, PPS in the order a decoder needs them. */
  parameterSets: readonly Uint8Array[];
}

/** Null when the format is neither H.264 nor HEVC or its configuration record is damaged. */
export function nalFraming(format: VideoFormat): NalFraming | null {
  const record = format.description;
  if (!record) return null;
  if (format.codec === 'avc' && record.length >= 7) {
    return { codec: 'avc', lengthBytes: lengthBytes(record[4]), parameterSets: avcParameterSets(record) };
  }
  if (format.codec === 'hevc' && record.length >= 23) {
    return { codec: 'hevc', lengthBytes: lengthBytes(record[21]), parameterSets: hevcParameterSets(record) };
  }
  return null;
}

const START_CODE = Uint8Array.of(0, 0, 0, 1);
/** Access unit delimiters that allow every slice type (H.264 §7.4.2.4, H.265 §7.4.3.5). MPEG-TS requires one per access unit (13818-1 §2.14). */
const AVC_DELIMITER = Uint8Array.of(0, 0, 0, 1, 0x09, 0xf0);
const HEVC_DELIMITER = Uint8Array.of(0, 0, 0, 1, 0x46, 0x01, 0x50);

/**
 * The access unit as a byte stream: a delimiter, the parameter sets before a random access point (unless it brings its own), then its NAL
 * units. A length that reaches beyond the data ends the unit there: what is whole is kept.
 */
export function toAnnexB(data: Uint8Array, isKey: boolean, framing: NalFraming): Uint8Array {
  const units = nalUnits(data, framing);
  const hasSets = units.some(([start]) => isParameterSet(data[start] ?? 0, framing.codec));
  const delimiter = framing.codec === 'avc' ? AVC_DELIMITER : HEVC_DELIMITER;
  const sets = isKey && !hasSets ? framing.parameterSets : [];
  let size = delimiter.length;
  for (const set of sets) size += 4 + set.length;
  for (const [start, end] of units) size += 4 + end - start;
  const stream = Buffer.allocUnsafe(size);
  stream.set(delimiter, 0);
  let at = delimiter.length;
  const append = (unit: Uint8Array) => {
    stream.set(START_CODE, at);
    stream.set(unit, at + 4);
    at += 4 + unit.length;
  };
  for (const set of sets) append(set);
  for (const [start, end] of units) append(data.subarray(start, end));
  return stream;
}

/** Ranges of the NAL units' bytes, without delimiters (we write our own) and empty units. */
function nalUnits(data: Uint8Array, framing: NalFraming): [start: number, end: number][] {
  const units: [number, number][] = [];
  let at = 0;
  while (at + framing.lengthBytes < data.length) {
    let length = 0;
    for (let i = 0; i < framing.lengthBytes; i++) length = length * 256 + (data[at + i] ?? 0);
    const start = at + framing.lengthBytes;
    if (start + length > data.length) break;
    if (length > 0 && !isDelimiter(data[start] ?? 0, framing.codec)) units.push([start, start + length]);
    at = start + length;
  }
  return units;
}

function isDelimiter(header: number, codec: 'avc' | 'hevc'): boolean {
  return codec === 'avc' ? (header & 0x1f) === 9 : ((header >> 1) & 0x3f) === 35;
}

/** An SPS: who brings one brings them all. */
function isParameterSet(header: number, codec: 'avc' | 'hevc'): boolean {
  return codec === 'avc' ? (header & 0x1f) === 7 : ((header >> 1) & 0x3f) === 33;
}

function lengthBytes(flags: number | undefined): number {
  return ((flags ?? 3) & 3) + 1;
}

/** ISO/IEC 14496-15 §5.3.3.1: SPS list, then PPS list; each length is 16 bits. */
function avcParameterSets(record: Uint8Array): Uint8Array[] {
  const sets: Uint8Array[] = [];
  let at = readSets(record, 6, (record[5] ?? 0) & 0x1f, sets);
  const pictureSets = record[at] ?? 0;
  at = readSets(record, at + 1, pictureSets, sets);
  return sets;
}

/** ISO/IEC 14496-15 §8.3.3.1: arrays by NAL unit type. */
function hevcParameterSets(record: Uint8Array): Uint8Array[] {
  const byType = new Map<number, Uint8Array[]>();
  let at = 23;
  for (let array = 0; array < (record[22] ?? 0); array++) {
    const type = (record[at] ?? 0) & 0x3f;
    const count = ((record[at + 1] ?? 0) << 8) | (record[at + 2] ?? 0);
    const sets = byType.get(type) ?? [];
    at = readSets(record, at + 3, count, sets);
    byType.set(type, sets);
  }
  return [32, 33, 34].flatMap((type) => byType.get(type) ?? []);
}

function readSets(record: Uint8Array, from: number, count: number, into: Uint8Array[]): number {
  let at = from;
  for (let i = 0; i < count && at + 2 <= record.length; i++) {
    const length = ((record[at] ?? 0) << 8) | (record[at + 1] ?? 0);
    if (at + 2 + length > record.length) return record.length;
    into.push(record.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return at;
}
