import type { ByteParts } from './byte-parts.ts';

/** One sample of a fragment, in the rendition's ticks. */
export interface Sample {
  data: Uint8Array;
  /** Of the rendition's clock, absolute; not negative. */
  decodeTime: number;
  /** Decode time to the next sample's. */
  duration: number;
  /** Presentation minus decode time; may be negative (`trun` version 1). */
  compositionOffset: number;
  isKey: boolean;
}

const BRANDS = ['msdh', 'msdh', 'msix', 'cmfs', 'iso6'] as const;
const TRACK_ID = 1;
const HEADER = { mfhd: 16, tfhd: 16, tfdt: 20, trun: 20, sample: 16 };
const MAX_BOX_BYTES = 0xffff_ffff;
/** `sample_depends_on` 2 (an I picture) and 1, the latter with `sample_is_non_sync_sample` (ISO/IEC 14496-12 §8.8.3.1). */
const KEY_FLAGS = 0x0200_0000;
const DELTA_FLAGS = 0x0101_0000;

/** `styp`, which a media segment begins with (ISO/IEC 14496-12 §8.16.2); its first fragment alone. */
export const SEGMENT_TYPE: Uint8Array = segmentType();

/**
 * A fragment: `moof`, `mdat` (ISO/IEC 14496-12 §8.8) of one track, with an absolute `tfdt`.
 *
 * @param sequenceNumber rises from fragment to fragment (§8.8.5)
 * @param decodeTime of the first sample, in ticks, not negative
 */
export function writeFragment(
  sequenceNumber: number,
  decodeTime: number,
  samples: readonly Sample[],
): ByteParts {
  const trunSize = HEADER.trun + samples.length * HEADER.sample;
  const trafSize = 8 + HEADER.tfhd + HEADER.tfdt + trunSize;
  const moofSize = 8 + HEADER.mfhd + trafSize;
  const dataSize = samples.reduce((sum, sample) => sum + sample.data.length, 0);
  if (dataSize + 8 > MAX_BOX_BYTES) throw new RangeError('A fragment cannot hold 4 GiB or more.');
  const out = Buffer.allocUnsafe(moofSize + 8);
  let at = 0;
  const u32 = (value: number) => {
    at = out.writeUInt32BE(value, at);
  };
  const box = (size: number, type: string) => {
    u32(size);
    at += out.write(type, at, 'latin1');
  };

  box(moofSize, 'moof');
  box(HEADER.mfhd, 'mfhd');
  u32(0);
  u32(sequenceNumber);
  box(trafSize, 'traf');
  box(HEADER.tfhd, 'tfhd');
  u32(0x02_0000); // default-base-is-moof
  u32(TRACK_ID);
  box(HEADER.tfdt, 'tfdt');
  u32(0x0100_0000); // version 1: 64 bits
  at = out.writeBigUInt64BE(BigInt(decodeTime), at);
  box(trunSize, 'trun');
  u32(0x0100_0f01); // version 1; data offset, and per sample duration, size, flags, composition offset
  u32(samples.length);
  u32(moofSize + 8);
  for (const sample of samples) {
    u32(sample.duration);
    u32(sample.data.length);
    u32(sample.isKey ? KEY_FLAGS : DELTA_FLAGS);
    at = out.writeInt32BE(sample.compositionOffset, at);
  }
  box(8 + dataSize, 'mdat');
  return [out, ...samples.map(({ data }) => data)];
}

function segmentType(): Uint8Array {
  const [major, ...compatible] = BRANDS;
  const out = Buffer.alloc(16 + compatible.length * 4);
  out.writeUInt32BE(out.length);
  out.write(`styp${major}`, 4, 'latin1');
  out.write(compatible.join(''), 16, 'latin1');
  return out;
}
