import { BitReader, BitWriter } from './bits.ts';

/** What an AudioSpecificConfig (ISO/IEC 14496-3 §1.6.2.1) says. */
export interface AacConfig {
  /** The core's audio object type: 2 is LC. */
  objectType: number;
  /** Of the core coder, hertz: what ADTS carries. */
  coreRate: number;
  /** What a decoder puts out: twice the core's rate with (explicit) SBR, hertz. */
  outputRate: number;
  /** 0: the layout is in the stream's own program config element. */
  channelConfiguration: number;
  /** Samples per frame at the core's rate: 1024, or 960 for the rare short transform. */
  coreFrameSamples: number;
  sbr: boolean;
  ps: boolean;
}

/** ISO/IEC 14496-3 table 1.18. */
export const AAC_RATES: readonly number[] = [
  96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350,
];

/** Twice the highest of the table, with SBR. An explicit rate may claim 16.7 MHz, hence 16,000 frames a second. */
const MAX_RATE = 192_000;

const CHANNELS: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 8];

/** Null when the bytes are no usable AudioSpecificConfig. */
export function parseAudioSpecificConfig(bytes: Uint8Array): AacConfig | null {
  const bits = new BitReader(bytes);
  let objectType = readObjectType(bits);
  const coreRate = readRate(bits);
  let outputRate = coreRate;
  const channelConfiguration = bits.read(4);
  let sbr = objectType === 5 || objectType === 29;
  let ps = objectType === 29;
  if (sbr) {
    outputRate = readRate(bits);
    objectType = readObjectType(bits);
  }
  const shortTransform = bits.read(1) === 1;
  if (objectType === 0 || coreRate === 0 || outputRate === 0) return null;
  if (!sbr && objectType === 2 && !shortTransform) {
    // Backward compatible signalling (§1.6.5.3) follows the GASpecificConfig's two other flags.
    bits.read(2);
    if (channelConfiguration !== 0 && bits.bitsLeft >= 16 && bits.read(11) === 0x2b7) {
      if (readObjectType(bits) === 5 && bits.read(1) === 1) {
        sbr = true;
        outputRate = readRate(bits) || coreRate * 2;
        if (bits.bitsLeft >= 12 && bits.read(11) === 0x548) ps = bits.read(1) === 1;
      }
    }
  }
  if (coreRate > MAX_RATE || outputRate > MAX_RATE) return null;
  const coreFrameSamples = shortTransform ? 960 : 1024;
  return { objectType, coreRate, outputRate, channelConfiguration, coreFrameSamples, sbr, ps };
}

/** The config of a plain LC (or other core) stream, for containers that carry none. */
export function buildAudioSpecificConfig(objectType: number, rate: number, channels: number): Uint8Array {
  const bits = new BitWriter().write(objectType, 5);
  const index = AAC_RATES.indexOf(rate);
  if (index >= 0) bits.write(index, 4);
  else bits.write(15, 4).write(rate, 24);
  return bits.write(channelConfigurationOf(channels), 4).write(0, 3).bytes();
}

/** The RFC 6381 string: the outermost object type. */
export function aacCodecString(config: AacConfig): string {
  if (config.ps) return 'mp4a.40.29';
  return `mp4a.40.${config.sbr ? 5 : config.objectType}`;
}

/** Loudspeakers of a channel configuration; 0 when the stream itself must tell. */
export function channelCountOf(channelConfiguration: number): number {
  return CHANNELS[channelConfiguration] ?? 0;
}

/** 0 when no configuration has that many channels. */
export function channelConfigurationOf(channels: number): number {
  return channels === 0 ? 0 : Math.max(0, CHANNELS.indexOf(channels));
}

function readObjectType(bits: BitReader): number {
  const type = bits.read(5);
  return type === 31 ? 32 + bits.read(6) : type;
}

function readRate(bits: BitReader): number {
  const index = bits.read(4);
  return index === 15 ? bits.read(24) : (AAC_RATES[index] ?? 0);
}
