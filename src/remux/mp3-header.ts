/** What the four bytes of an MPEG audio frame's header say (ISO/IEC 11172-3 §2.4.1.3, 13818-3 §2.4.1.3). */
export interface Mp3Header {
  /** 1 for MPEG-1, 2 for MPEG-2 and 2.5 (half the samples per frame). */
  version: 1 | 2;
  layer: 1 | 2 | 3;
  sampleRate: number;
  channels: number;
  samplesPerFrame: number;
  /** Bytes of the frame with its header; 0 for free format. */
  frameBytes: number;
}

const KBPS_1 = {
  1: [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  2: [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  3: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
} as const;
const KBPS_2_LAYER_1 = [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256] as const;
const KBPS_2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160] as const;
const RATES = [44100, 48000, 32000] as const;

/** Null when the bytes are no header. */
export function parseMp3Header(bytes: Uint8Array): Mp3Header | null {
  const [b0 = 0, b1 = 0, b2 = 0, b3 = 0] = bytes;
  const versionBits = (b1 >> 3) & 3;
  const layer = [null, 3, 2, 1][(b1 >> 1) & 3] as 1 | 2 | 3 | null | undefined;
  const rate = RATES[(b2 >> 2) & 3];
  if (b0 !== 0xff || (b1 & 0xe0) !== 0xe0 || versionBits === 1 || !layer || rate === undefined) return null;
  const version = versionBits === 3 ? 1 : 2;
  const table = version === 1 ? KBPS_1[layer] : layer === 1 ? KBPS_2_LAYER_1 : KBPS_2;
  const kbps = table[b2 >> 4];
  if (kbps === undefined) return null;
  const sampleRate = rate / (versionBits === 3 ? 1 : versionBits === 2 ? 2 : 4);
  const samplesPerFrame = layer === 1 ? 384 : layer === 3 && version === 2 ? 576 : 1152;
  const padding = (b2 >> 1) & 1;
  const frameBytes =
    layer === 1
      ? (Math.floor((12 * kbps * 1000) / sampleRate) + padding) * 4
      : Math.floor((samplesPerFrame / 8) * ((kbps * 1000) / sampleRate)) + padding;
  return {
    version,
    layer,
    sampleRate,
    channels: b3 >> 6 === 3 ? 1 : 2,
    samplesPerFrame,
    frameBytes: kbps === 0 ? 0 : frameBytes,
  };
}
