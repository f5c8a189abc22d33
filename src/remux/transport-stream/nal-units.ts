/** H.264 and HEVC as a byte stream (ITU-T H.264/H.265 annex B). */
export type NalCodec = 'avc' | 'hevc';

/** A picture's bytes, taken apart. */
export interface AccessUnit {
  /** NAL units with lengths of four bytes in place of start codes (ISO/IEC 14496-15), without delimiters, filler and parameter sets. */
  data: Uint8Array;
  /** VPS, SPS, PPS that it brought. */
  parameterSets: Uint8Array[];
  /** Decoding can begin here: an IDR picture of H.264, any IRAP picture of HEVC. */
  isKey: boolean;
  /** Later pictures may be predicted from it. */
  isReference: boolean;
  /** Pictures that begin in it: fields count as pictures. */
  pictures: number;
}

const START_CODE = Buffer.of(0, 0, 1);

/** What of a NAL unit's header matters here. */
interface NalKind {
  use: 'slice' | 'parameters' | 'other' | 'none';
  isKey: boolean;
  isReference: boolean;
}

/** Far more than a picture has (H.265's highest levels: 600 slices). Megabytes of units of some bytes would take seconds, and a gigabyte. */
const MAX_NAL_UNITS = 1 << 14;
const NO_PICTURE: AccessUnit = {
  data: new Uint8Array(0),
  parameterSets: [],
  isKey: false,
  isReference: true,
  pictures: 0,
};

/** Takes a PES packet's payload apart. Bytes before the first start code are none of it; of absurdly many NAL units there is no picture. */
export function parseAccessUnit(stream: Uint8Array, codec: NalCodec): AccessUnit {
  const kindOf = codec === 'avc' ? avcKind : hevcKind;
  const headerBytes = codec === 'avc' ? 1 : 2;
  const parts: Uint8Array[] = [];
  const unit: AccessUnit = { data: stream, parameterSets: [], isKey: false, isReference: false, pictures: 0 };
  let count = 0;
  for (const nal of nalUnits(stream)) {
    if (++count > MAX_NAL_UNITS) return NO_PICTURE;
    const kind = kindOf(nal);
    if (kind.use === 'none') continue;
    if (kind.use === 'parameters') {
      unit.parameterSets.push(nal);
      continue;
    }
    if (kind.use === 'slice') {
      // `first_mb_in_slice` 0 is coded as a single 1; HEVC has a flag in its place.
      if (((nal[headerBytes] ?? 0) & 0x80) !== 0) unit.pictures++;
      unit.isKey ||= kind.isKey;
      unit.isReference ||= kind.isReference;
    }
    parts.push(nal);
  }
  unit.data = withLengths(parts);
  return unit;
}

/** NAL units as MP4 has them: each behind its length, of four bytes. */
export function withLengths(nals: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(
    nals.flatMap((nal) => {
      const length = Buffer.allocUnsafe(4);
      length.writeUInt32BE(nal.length);
      return [length, nal];
    }),
  );
}

/** Whether decoding can begin at this picture: told by its first slice, so without looking at the rest. */
export function isKeyPicture(stream: Uint8Array, codec: NalCodec): boolean {
  const kindOf = codec === 'avc' ? avcKind : hevcKind;
  const bytes = Buffer.from(stream.buffer, stream.byteOffset, stream.byteLength);
  for (let at = bytes.indexOf(START_CODE); at >= 0; at = bytes.indexOf(START_CODE, at + START_CODE.length)) {
    const kind = kindOf(bytes.subarray(at + START_CODE.length, at + START_CODE.length + 2));
    if (kind.use === 'slice') return kind.isKey;
  }
  return false;
}

/** The NAL units between start codes, without the zeros that may trail them. */
export function* nalUnits(stream: Uint8Array): Generator<Uint8Array> {
  const bytes = Buffer.from(stream.buffer, stream.byteOffset, stream.byteLength);
  let start = bytes.indexOf(START_CODE);
  while (start >= 0) {
    const from = start + START_CODE.length;
    const next = bytes.indexOf(START_CODE, from);
    let end = next < 0 ? bytes.length : next;
    while (end > from && bytes[end - 1] === 0) end--;
    if (end > from) yield bytes.subarray(from, end);
    start = next;
  }
}

/** H.264 table 7-1. */
function avcKind(nal: Uint8Array): NalKind {
  const header = nal[0] ?? 0;
  const type = header & 0x1f;
  const use =
    type >= 1 && type <= 5 ? 'slice' : type === 7 || type === 8 ? 'parameters' : usedOf(type, AVC_UNUSED);
  return { use, isKey: type === 5, isReference: (header & 0x60) !== 0 };
}

/** H.265 table 7-1. Of types below 16 the even ones are not referred to, at least not in their own layer. */
function hevcKind(nal: Uint8Array): NalKind {
  const type = ((nal[0] ?? 0) >> 1) & 0x3f;
  const use = type < 32 ? 'slice' : type <= 34 ? 'parameters' : usedOf(type, HEVC_UNUSED);
  return { use, isKey: type >= 16 && type <= 23, isReference: type >= 16 || (type & 1) === 1 };
}

/** Delimiters, ends of sequence and stream, filler: none has a place in MP4's samples. */
const AVC_UNUSED: ReadonlySet<number> = new Set([0, 9, 10, 11, 12]);
const HEVC_UNUSED: ReadonlySet<number> = new Set([35, 36, 37, 38]);

function usedOf(type: number, unused: ReadonlySet<number>): 'other' | 'none' {
  return unused.has(type) ? 'none' : 'other';
}
