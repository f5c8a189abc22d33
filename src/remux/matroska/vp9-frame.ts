import { BitReader } from '../bits.ts';
import type { Vp9Config } from '../codec-strings.ts';

/** Profile and bit depth from a keyframe's uncompressed header (VP9 bitstream §6.2, §7.2.2); null when it is none. */
export function vp9ConfigOf(frame: Uint8Array | null): Vp9Config | null {
  if (!frame) return null;
  const bits = new BitReader(frame);
  if (bits.read(2) !== 2) return null;
  const low = bits.read(1);
  const profile = bits.read(1) * 2 + low;
  if (profile === 3) bits.read(1);
  const showsExisting = bits.read(1) === 1;
  const isKey = bits.read(1) === 0;
  bits.read(2); // show_frame, error_resilient_mode
  if (showsExisting || !isKey || bits.read(24) !== 0x498342) return null;
  const bitDepth = profile < 2 ? 8 : bits.read(1) === 1 ? 12 : 10;
  return { profile, level: null, bitDepth };
}
