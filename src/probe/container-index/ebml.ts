/**
 * EBML (RFC 8794) primitives and the Matroska (RFC 9559) element ids we use. Pure functions on bytes that may come from anywhere:
 * nothing here allocates by a size that a file claims, and nothing throws.
 */

/** Element ids with their length marker, as they stand in the file. */
export const ID = {
  EBML: 0x1a45dfa3,
  DocType: 0x4282,
  Void: 0xec,
  CRC32: 0xbf,
  Segment: 0x18538067,
  SeekHead: 0x114d9b74,
  Seek: 0x4dbb,
  SeekID: 0x53ab,
  SeekPosition: 0x53ac,
  Info: 0x1549a966,
  TimestampScale: 0x2ad7b1,
  Duration: 0x4489,
  Tracks: 0x1654ae6b,
  TrackEntry: 0xae,
  TrackNumber: 0xd7,
  TrackUID: 0x73c5,
  TrackType: 0x83,
  FlagEnabled: 0xb9,
  FlagDefault: 0x88,
  FlagForced: 0x55aa,
  FlagLacing: 0x9c,
  DefaultDuration: 0x23e383,
  TrackTimestampScale: 0x23314f,
  Name: 0x536e,
  Language: 0x22b59c,
  LanguageBCP47: 0x22b59d,
  CodecID: 0x86,
  CodecPrivate: 0x63a2,
  CodecDelay: 0x56aa,
  SeekPreRoll: 0x56bb,
  Video: 0xe0,
  FlagInterlaced: 0x9a,
  PixelWidth: 0xb0,
  PixelHeight: 0xba,
  DisplayWidth: 0x54b0,
  DisplayHeight: 0x54ba,
  DisplayUnit: 0x54b2,
  Colour: 0x55b0,
  TransferCharacteristics: 0x55ba,
  Projection: 0x7670,
  ProjectionPoseRoll: 0x7675,
  Audio: 0xe1,
  SamplingFrequency: 0xb5,
  OutputSamplingFrequency: 0x78b5,
  Channels: 0x9f,
  BitDepth: 0x6264,
  ContentEncodings: 0x6d80,
  ContentEncoding: 0x6240,
  ContentEncodingOrder: 0x5031,
  ContentEncodingScope: 0x5032,
  ContentEncodingType: 0x5033,
  ContentCompression: 0x5034,
  ContentCompAlgo: 0x4254,
  ContentCompSettings: 0x4255,
  ContentEncryption: 0x5035,
  Cues: 0x1c53bb6b,
  CuePoint: 0xbb,
  CueTime: 0xb3,
  CueTrackPositions: 0xb7,
  CueTrack: 0xf7,
  CueClusterPosition: 0xf1,
  CueRelativePosition: 0xf0,
  CueDuration: 0xb2,
  CueBlockNumber: 0x5378,
  Cluster: 0x1f43b675,
  Timestamp: 0xe7,
  Position: 0xa7,
  PrevSize: 0xab,
  SimpleBlock: 0xa3,
  BlockGroup: 0xa0,
  Block: 0xa1,
  BlockDuration: 0x9b,
  ReferenceBlock: 0xfb,
  DiscardPadding: 0x75a2,
  Tags: 0x1254c367,
  Tag: 0x7373,
  Targets: 0x63c0,
  TagTrackUID: 0x63c5,
  SimpleTag: 0x67c8,
  TagName: 0x45a3,
  TagString: 0x4487,
  Attachments: 0x1941a469,
  Chapters: 0x1043a770,
} as const;

/** The elements right under Segment: one of them ends a cluster of unknown size (RFC 8794 §6.2). */
export const TOP_LEVEL_IDS: ReadonlySet<number> = new Set([
  ID.SeekHead,
  ID.Info,
  ID.Tracks,
  ID.Cues,
  ID.Cluster,
  ID.Tags,
  ID.Attachments,
  ID.Chapters,
]);

/** No element header is longer: 4 bytes of id, 8 of size. */
export const MAX_HEADER_BYTES = 12;

/** An element's place in a buffer. Positions are indices into that buffer, not offsets in the file. */
export interface EbmlElement {
  id: number;
  /** Where its header begins. */
  start: number;
  /** Where its payload begins. */
  dataStart: number;
  /** Payload bytes; null for "unknown" (all ones: a live stream's Segment or Cluster, RFC 8794 §6.2). */
  size: number | null;
}

/** `incomplete`: the buffer ends inside the header. `invalid`: no element can begin like that. */
export type NoElement = 'incomplete' | 'invalid';

/** The element header at `position`; its payload may reach beyond the buffer. */
export function readElement(
  bytes: Uint8Array,
  position: number,
  end = bytes.length,
): EbmlElement | NoElement {
  const id = readId(bytes, position, end);
  if (typeof id === 'string') return id;
  const size = readVint(bytes, position + id.length, end);
  if (typeof size === 'string') return size;
  return {
    id: id.value,
    start: position,
    dataStart: position + id.length + size.length,
    size: size.value,
  };
}

/** Where an element's payload ends; null when its size is unknown. */
export function endOf(element: EbmlElement): number | null {
  return element.size === null ? null : element.dataStart + element.size;
}

/**
 * The elements that lie whole within `[start, end)`, in order. Ends quietly at the first that is cut off, damaged or of unknown
 * size: who must know whether all was read compares the last one's end.
 */
export function* elements(bytes: Uint8Array, start = 0, end = bytes.length): Generator<EbmlElement> {
  const limit = Math.min(end, bytes.length);
  let position = start;
  while (position < limit) {
    const element = readElement(bytes, position, limit);
    if (typeof element === 'string') return;
    const next = endOf(element);
    if (next === null || next > limit) return;
    yield element;
    position = next;
  }
}

/** The children of an element that lies whole in the buffer (or as far as the buffer goes). */
export function children(bytes: Uint8Array, parent: EbmlElement): Generator<EbmlElement> {
  return elements(bytes, parent.dataStart, endOf(parent) ?? bytes.length);
}

/** The first child with that id. */
export function child(bytes: Uint8Array, parent: EbmlElement, id: number): EbmlElement | undefined {
  for (const element of children(bytes, parent)) if (element.id === id) return element;
  return undefined;
}

/** The payload, without copying; cut at the buffer's end. */
export function payload(bytes: Uint8Array, element: EbmlElement): Uint8Array {
  return bytes.subarray(element.dataStart, endOf(element) ?? bytes.length);
}

/** Unsigned integer (RFC 8794 §7.2). Empty means 0; above 2^53 the low bits are rounded: use `bigUnsigned` for UIDs. */
export function unsigned(bytes: Uint8Array, element: EbmlElement): number {
  let value = 0;
  for (const byte of payload(bytes, element).subarray(0, 8)) value = value * 256 + byte;
  return value;
}

/** Unsigned integer without rounding. */
export function bigUnsigned(bytes: Uint8Array, element: EbmlElement): bigint {
  let value = 0n;
  for (const byte of payload(bytes, element).subarray(0, 8)) value = (value << 8n) | BigInt(byte);
  return value;
}

/** Signed integer, two's complement (RFC 8794 §7.1). Empty means 0. */
export function signed(bytes: Uint8Array, element: EbmlElement): number {
  const data = payload(bytes, element).subarray(0, 8);
  let value = (data[0] ?? 0) >= 0x80 ? -1 : 0;
  for (const byte of data) value = value * 256 + byte;
  return value;
}

/** Float of 0, 4 or 8 bytes (RFC 8794 §7.3); null for any other length. */
export function float(bytes: Uint8Array, element: EbmlElement): number | null {
  const data = payload(bytes, element);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (data.length === 0) return 0;
  if (data.length === 4) return view.getFloat32(0);
  return data.length === 8 ? view.getFloat64(0) : null;
}

const utf8 = new TextDecoder();

/** String or UTF-8 (RFC 8794 §7.4, §7.5), ended by the first zero byte. */
export function text(bytes: Uint8Array, element: EbmlElement): string {
  const data = payload(bytes, element);
  const zero = data.indexOf(0);
  return utf8.decode(zero < 0 ? data : data.subarray(0, zero));
}

/**
 * A variable-size integer (RFC 8794 §4) with its marker taken off: an element's size, a block's track number. `value` is null when all its
 * bits are ones. What does not fit 2^53 is `invalid`: no file is that large.
 */
export function readVint(
  bytes: Uint8Array,
  position: number,
  end = bytes.length,
): { length: number; value: number | null } | NoElement {
  const limit = Math.min(end, bytes.length);
  if (position >= limit) return 'incomplete';
  const first = bytes[position] ?? 0;
  const length = Math.clz32(first) - 23;
  if (length > 8) return 'invalid';
  if (position + length > limit) return 'incomplete';
  const mask = (1 << (8 - length)) - 1;
  let value = first & mask;
  let allOnes = value === mask;
  for (let i = position + 1; i < position + length; i++) {
    const byte = bytes[i] ?? 0;
    allOnes &&= byte === 0xff;
    value = value * 256 + byte;
  }
  if (allOnes) return { length, value: null };
  return Number.isSafeInteger(value) ? { length, value } : 'invalid';
}

function readId(
  bytes: Uint8Array,
  position: number,
  end: number,
): { length: number; value: number } | NoElement {
  const limit = Math.min(end, bytes.length);
  if (position >= limit) return 'incomplete';
  const length = Math.clz32(bytes[position] ?? 0) - 23;
  if (length > 4) return 'invalid';
  if (position + length > limit) return 'incomplete';
  let value = 0;
  for (let i = position; i < position + length; i++) value = value * 256 + (bytes[i] ?? 0);
  return { length, value };
}
