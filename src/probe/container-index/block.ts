import { type EbmlElement, endOf, type NoElement, readVint } from './ebml.ts';

/** The head of a SimpleBlock's or Block's payload (RFC 9559 §10.1, §10.2). */
export interface BlockHeader {
  trackNumber: number;
  /** Signed, in TimestampScale ticks, relative to the cluster's timestamp. */
  relativeTimestamp: number;
  /** Meaningful for a SimpleBlock only; a Block in a BlockGroup is a keyframe when it has no ReferenceBlock. */
  isKey: boolean;
  lacing: 'none' | 'xiph' | 'fixed' | 'ebml';
  /** Where the frame data (or the lace header) begins, as an index into the buffer. */
  dataStart: number;
}

/** No block header is longer: 8 bytes of track number, 2 of timestamp, 1 of flags. */
export const MAX_BLOCK_HEADER_BYTES = 11;

const LACINGS = ['none', 'xiph', 'fixed', 'ebml'] as const;

/** Reads only the head, so the block's payload need not be in the buffer. */
export function readBlockHeader(bytes: Uint8Array, block: EbmlElement): BlockHeader | NoElement {
  const end = endOf(block) ?? bytes.length;
  const track = readVint(bytes, block.dataStart, end);
  if (typeof track === 'string') return end <= bytes.length ? 'invalid' : track;
  const at = block.dataStart + track.length;
  if (track.value === null || at + 3 > end) return 'invalid';
  if (at + 3 > bytes.length) return 'incomplete';
  const raw = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  const flags = bytes[at + 2] ?? 0;
  return {
    trackNumber: track.value,
    relativeTimestamp: raw >= 0x8000 ? raw - 0x10000 : raw,
    isKey: (flags & 0x80) !== 0,
    lacing: LACINGS[((flags >> 1) & 3) as 0 | 1 | 2 | 3],
    dataStart: at + 3,
  };
}
