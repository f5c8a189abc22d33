/**
 * RFC 6381 codec strings from the codecs' configuration records, so that the multivariant playlist tells a player what it will get
 * before it fetches anything. Each function takes the record as it lies in the container.
 */

/** `avc1.PPCCLL` (RFC 6381 §3.3) from an avcC. Null when it is too short. */
export function avcCodecString(avcC: Uint8Array): string | null {
  if (avcC.length < 7) return null;
  return `avc1.${[...avcC.subarray(1, 4)].map(hexByte).join('')}`;
}

/** `hvc1.…` (ISO/IEC 14496-15 annex E.3) from an hvcC. Null when it is too short. */
export function hevcCodecString(hvcC: Uint8Array): string | null {
  if (hvcC.length < 23) return null;
  const view = new DataView(hvcC.buffer, hvcC.byteOffset);
  const profile = view.getUint8(1);
  const space = ['', 'A', 'B', 'C'][profile >> 6] ?? '';
  const tier = (profile & 0x20) === 0 ? 'L' : 'H';
  const constraints = [...hvcC.subarray(6, 12)];
  while (constraints.at(-1) === 0) constraints.pop();
  return [
    'hvc1',
    `${space}${profile & 0x1f}`,
    reverseBits(view.getUint32(2)).toString(16).toUpperCase(),
    `${tier}${view.getUint8(12)}`,
    ...constraints.map((byte) => byte.toString(16).toUpperCase()),
  ].join('.');
}

/** `av01.P.LLT.DD` (AV1-ISOBMFF §5) from an av1C. Null when it is too short. */
export function av1CodecString(av1C: Uint8Array): string | null {
  const [, b1 = 0, b2 = 0] = av1C;
  if (av1C.length < 4) return null;
  const depth = (b2 & 0x40) === 0 ? 8 : (b2 & 0x20) === 0 ? 10 : 12;
  return `av01.${b1 >> 5}.${two(b1 & 0x1f)}${(b2 & 0x80) === 0 ? 'M' : 'H'}.${two(depth)}`;
}

export interface Vp9Config {
  profile: number;
  /** Ten times the level, e.g. 31; null: guessed from the picture's size. */
  level: number | null;
  bitDepth: number;
}

/** `vp09.PP.LL.DD` (VP9 in ISOBMFF §5). */
export function vp9CodecString(config: Vp9Config, width: number, height: number): string {
  const level = config.level ?? vp9Level(width * height);
  return `vp09.${two(config.profile)}.${two(level)}.${two(config.bitDepth)}`;
}

/** A vpcC box's payload (with or without the full box's version and flags), or WebM's CodecPrivate, which is a list of id, length, value. */
export function parseVp9Private(bytes: Uint8Array): Vp9Config {
  const config: Vp9Config = { profile: 0, level: null, bitDepth: 8 };
  for (let at = 0; at + 2 < bytes.length; at += 2 + (bytes[at + 1] ?? 0)) {
    const value = bytes[at + 2] ?? 0;
    if (bytes[at] === 1) config.profile = value;
    else if (bytes[at] === 2 && value > 0) config.level = value;
    else if (bytes[at] === 3 && value > 0) config.bitDepth = value;
  }
  if (config.profile >= 2 && config.bitDepth === 8) config.bitDepth = 10;
  return config;
}

/** Luma picture sizes of VP9's levels (VP9 levels, webmproject.org). */
function vp9Level(pixels: number): number {
  const sizes = [
    [36864, 10],
    [73728, 11],
    [122880, 20],
    [245760, 21],
    [552960, 30],
    [983040, 31],
    [2228224, 41],
    [8912896, 51],
  ] as const;
  return sizes.find(([size]) => pixels <= size)?.[1] ?? 61;
}

function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, '0').toUpperCase();
}

function two(value: number): string {
  return value.toString().padStart(2, '0');
}

function reverseBits(value: number): number {
  let reversed = 0;
  for (let i = 0; i < 32; i++) reversed = reversed * 2 + ((value >>> i) & 1);
  return reversed;
}
