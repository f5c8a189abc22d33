import { BitReader } from '../bits.ts';
import { avcCodecString, hevcCodecString } from '../codec-strings.ts';
import type { NalCodec } from './nal-units.ts';

/** A decoder's configuration, made of the parameter sets that the stream brings along. */
export interface DecoderConfig {
  /** avcC or hvcC (ISO/IEC 14496-15 §5.3.3, §8.3.3). */
  description: Uint8Array;
  codecString: string;
  /** Frames may be coded as two fields. */
  mayBeInterlaced: boolean;
}

/** As many pictures' sets as avcC can count (ISO/IEC 14496-15 §5.3.3.1), of sequences' sets far fewer. More are damage, or an attack. */
export const MAX_PARAMETER_SETS = 255;
const MAX_SEQUENCE_SETS = 31;
/** Their lengths have 16 bits. */
const MAX_SET_BYTES = 0xffff;

/** Null when a set is missing or damaged, or they are more or longer than a configuration can hold. */
export function decoderConfig(codec: NalCodec, sets: readonly Uint8Array[]): DecoderConfig | null {
  if (sets.length > MAX_PARAMETER_SETS || sets.some((set) => set.length > MAX_SET_BYTES)) return null;
  return codec === 'avc' ? avcConfig(sets) : hevcConfig(sets);
}

/** Whether both hold the same sets, so that a copy need not carry them along. */
export function isSameSet(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

const HIGH_PROFILES: ReadonlySet<number> = new Set([100, 110, 122, 144]);

function avcConfig(sets: readonly Uint8Array[]): DecoderConfig | null {
  const sps = sets.filter((set) => ((set[0] ?? 0) & 0x1f) === 7);
  const pps = sets.filter((set) => ((set[0] ?? 0) & 0x1f) === 8);
  const [first] = sps;
  if (!first || first.length < 5 || pps.length === 0 || sps.length > MAX_SEQUENCE_SETS) return null;
  const facts = avcFacts(first);
  if (!facts) return null;
  const [, profile = 0, constraints = 0, level = 0] = first;
  const extension = HIGH_PROFILES.has(profile)
    ? [0xfc | facts.chroma, 0xf8 | facts.lumaDepth, 0xf8 | facts.chromaDepth, 0]
    : [];
  const description = Buffer.concat([
    Buffer.of(1, profile, constraints, level, 0xff, 0xe0 | sps.length),
    ...sps.map(withLength),
    Buffer.of(pps.length),
    ...pps.map(withLength),
    Buffer.from(extension),
  ]);
  const codecString = avcCodecString(description);
  return codecString === null ? null : { description, codecString, mayBeInterlaced: facts.mayBeInterlaced };
}

/** From a sequence parameter set (H.264 §7.3.2.1.1). */
function avcFacts(sps: Uint8Array) {
  const bits = new BitReader(withoutEmulation(sps.subarray(1)));
  const profile = bits.read(8);
  bits.read(16);
  golomb(bits);
  let [chroma, lumaDepth, chromaDepth] = [1, 0, 0];
  if (HIGH_PROFILES.has(profile)) {
    chroma = golomb(bits);
    if (chroma === 3) bits.read(1);
    lumaDepth = golomb(bits);
    chromaDepth = golomb(bits);
    bits.read(1);
    if (bits.read(1) === 1) skipScalingMatrices(bits, chroma === 3 ? 12 : 8);
  }
  golomb(bits);
  const orderType = golomb(bits);
  if (orderType === 0) golomb(bits);
  else if (orderType === 1) {
    bits.read(1);
    golomb(bits);
    golomb(bits);
    const count = golomb(bits);
    for (let i = 0; i < Math.min(count, 255); i++) golomb(bits);
  }
  golomb(bits);
  bits.read(1);
  golomb(bits);
  golomb(bits);
  if (bits.bitsLeft <= 0 || chroma > 3 || lumaDepth > 6 || chromaDepth > 6) return null;
  return { chroma, lumaDepth, chromaDepth, mayBeInterlaced: bits.read(1) === 0 };
}

/** §7.3.2.1.1.1. */
function skipScalingMatrices(bits: BitReader, count: number): void {
  for (let matrix = 0; matrix < count; matrix++) {
    if (bits.read(1) === 0) continue;
    let last = 8;
    let next = 8;
    for (let i = 0; i < (matrix < 6 ? 16 : 64); i++) {
      if (next !== 0) next = (last + signedGolomb(bits) + 256) % 256;
      if (next !== 0) last = next;
    }
  }
}

const LONGEST_PREFIX = 31;

/** Exp-Golomb (§9.1). */
function golomb(bits: BitReader): number {
  let zeros = 0;
  while (zeros < LONGEST_PREFIX && bits.bitsLeft > 0 && bits.read(1) === 0) zeros++;
  return 2 ** zeros - 1 + bits.read(zeros);
}

function signedGolomb(bits: BitReader): number {
  const code = golomb(bits);
  return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
}

function hevcConfig(sets: readonly Uint8Array[]): DecoderConfig | null {
  const ofType = (type: number) => sets.filter((set) => (((set[0] ?? 0) >> 1) & 0x3f) === type);
  const arrays = [32, 33, 34].map((type) => ({ type, sets: ofType(type) }));
  const sps = arrays[1]?.sets[0];
  if (!sps || arrays.some((array) => array.sets.length === 0)) return null;
  // §7.3.2.2: behind two bytes of header, one with the sub-layers, then profile, tier and level.
  const raw = withoutEmulation(sps.subarray(2));
  const layers = (raw[0] ?? 0) >> 1;
  const subLayers = layers & 7;
  const bits = new BitReader(raw.subarray(13));
  skipSubLayers(bits, subLayers);
  golomb(bits);
  const chroma = golomb(bits);
  if (chroma === 3) bits.read(1);
  golomb(bits);
  golomb(bits);
  if (bits.read(1) === 1) for (let edge = 0; edge < 4; edge++) golomb(bits);
  const lumaDepth = golomb(bits);
  const chromaDepth = golomb(bits);
  if (bits.bitsLeft <= 0 || chroma > 3 || lumaDepth > 8 || chromaDepth > 8) return null;
  const description = Buffer.concat([
    Buffer.of(1),
    raw.subarray(1, 13),
    Buffer.of(0xf0, 0, 0xfc, 0xfc | chroma, 0xf8 | lumaDepth, 0xf8 | chromaDepth, 0, 0),
    Buffer.of(((subLayers + 1) << 3) | (((raw[0] ?? 0) & 1) << 2) | 3, arrays.length),
    ...arrays.flatMap((array) => [
      Buffer.of(0x80 | array.type, 0, array.sets.length),
      ...array.sets.map(withLength),
    ]),
  ]);
  const codecString = hevcCodecString(description);
  return codecString === null ? null : { description, codecString, mayBeInterlaced: false };
}

/** What `profile_tier_level` says of sub-layers (§7.3.3). */
function skipSubLayers(bits: BitReader, count: number): void {
  const present = Array.from({ length: count }, () => [bits.read(1), bits.read(1)] as const);
  if (count > 0) for (let i = count; i < 8; i++) bits.read(2);
  for (const [hasProfile, hasLevel] of present) {
    if (hasProfile === 1) for (let part = 0; part < 11; part++) bits.read(8);
    if (hasLevel === 1) bits.read(8);
  }
}

function withLength(set: Uint8Array): Uint8Array {
  const length = Buffer.allocUnsafe(2);
  length.writeUInt16BE(set.length);
  return Buffer.concat([length, set]);
}

/** Takes out the bytes that keep start codes from arising by chance (H.264 §7.4.1). */
function withoutEmulation(bytes: Uint8Array): Uint8Array {
  const out: number[] = [];
  let zeros = 0;
  for (const byte of bytes) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    out.push(byte);
  }
  return Uint8Array.from(out);
}
