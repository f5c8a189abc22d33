import { concat } from './matroska-writer.ts';

/** Writes MP4 of any oddity, for tests. */
export function box(type: string, ...parts: (Uint8Array | number[])[]): Uint8Array {
  const payload = concat(...parts);
  return concat(u32(payload.length + 8), [...Buffer.from(type, 'latin1')], payload);
}

/** A box with version and flags. */
export function fullBox(type: string, flags: number, ...parts: (Uint8Array | number[])[]): Uint8Array {
  return box(type, u32(flags), ...parts);
}

export function u32(...values: number[]): Uint8Array {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, i) => {
    bytes.writeUInt32BE(value, i * 4);
  });
  return bytes;
}

export interface TrackSpec {
  id?: number;
  handler?: 'vide' | 'soun';
  timescale?: number;
  /** The boxes of `stbl` besides `stsd`. */
  tables?: readonly Uint8Array[];
}

export function track({ id = 1, handler = 'vide', timescale = 1000, tables = [] }: TrackSpec): Uint8Array {
  return box(
    'trak',
    fullBox('tkhd', 1, u32(0, 0, id, 0, 0), new Uint8Array(60)),
    box(
      'mdia',
      fullBox('mdhd', 0, u32(0, 0, timescale, 0, 0)),
      fullBox('hdlr', 0, u32(0), [...Buffer.from(handler)], new Uint8Array(13)),
      box('minf', box('stbl', sampleDescription(handler), ...tables)),
    ),
  );
}

/** Of x264, baseline, 160 × 90. */
const AVC_CONFIGURATION = '0142c00bffe100186742c00bd9028df93011000003000100000300320f142a4801000568cb83cb20';

/** Enough for a packet reader to take it for H.264 or for 16-bit PCM. */
function sampleDescription(handler: 'vide' | 'soun'): Uint8Array {
  const avcC = box('avcC', [...Buffer.from(AVC_CONFIGURATION, 'hex')]);
  const entry =
    handler === 'vide'
      ? box('avc1', new Uint8Array(24), [0, 160, 0, 90], new Uint8Array(50), avcC)
      : box('sowt', new Uint8Array(16), [0, 2, 0, 16], u32(0, (48_000 << 16) >>> 0));
  return fullBox('stsd', 0, u32(1), entry);
}

/** Tables of samples in a single chunk. */
export interface TableSpec {
  count: number;
  duration?: number;
  /** One for all; or each its own. */
  sizes: number | readonly number[];
  chunkOffset: number;
}

export function sampleTables({ count, duration = 40, sizes, chunkOffset }: TableSpec): Uint8Array[] {
  return [
    fullBox('stts', 0, u32(1, count, duration)),
    fullBox('stsc', 0, u32(1, 1, count, 1)),
    typeof sizes === 'number'
      ? fullBox('stsz', 0, u32(sizes, count))
      : fullBox('stsz', 0, u32(0, count, ...sizes)),
    fullBox('stco', 0, u32(1, chunkOffset)),
  ];
}

/** A whole `moov`; announced as fragmented when it has defaults for fragments. */
export function movie(
  tracks: readonly Uint8Array[],
  fragmentDefaults: readonly Uint8Array[] = [],
): Uint8Array {
  const mvhd = fullBox('mvhd', 0, u32(0, 0, 1000, 0), new Uint8Array(80));
  return box(
    'moov',
    mvhd,
    ...tracks,
    ...(fragmentDefaults.length > 0 ? [box('mvex', ...fragmentDefaults)] : []),
  );
}

export function trackDefaults(id: number, duration: number, size: number): Uint8Array {
  return fullBox('trex', 0, u32(id, 1, duration, size, 0));
}

/** A fragment of one track; its data offset counts from the `moof`. */
export function fragment(id: number, decodeTime: number, ...runs: Uint8Array[]): Uint8Array {
  return box(
    'moof',
    fullBox('mfhd', 0, u32(1)),
    box('traf', fullBox('tfhd', 0x2_0000, u32(id)), fullBox('tfdt', 0, u32(decodeTime)), ...runs),
  );
}

export const FILE_TYPE = box('ftyp', [...Buffer.from('isom')], u32(0));
