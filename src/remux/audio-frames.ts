import { parseAudioSpecificConfig } from './aac.ts';
import { parseMp3Header } from './mp3-header.ts';
import type { AudioFormat } from './packet.ts';

/**
 * How many samples (at the format's own rate) one packet holds; null when it cannot be told. The container's own durations are rounded
 * (Matroska: to milliseconds) or absent; the codec's are exact.
 */
export function packetSamples(format: AudioFormat, data: Uint8Array): number | null {
  switch (format.codec) {
    case 'aac': {
      const config = format.description && parseAudioSpecificConfig(format.description);
      if (!config) return 1024;
      return Math.round((config.coreFrameSamples * format.sampleRate) / config.coreRate);
    }
    case 'mp3':
      return parseMp3Header(data)?.samplesPerFrame ?? null;
    case 'opus':
      return opusSamples(data);
    case 'flac':
      return flacSamples(data);
  }
}

const OPUS_MODE_SAMPLES = [
  [480, 960, 1920, 2880],
  [480, 960, 480, 960],
  [120, 240, 480, 960],
] as const;

/** RFC 6716 §3.1: configuration and frame count lie in the table-of-contents byte. At 48 kHz, whatever was encoded. */
function opusSamples(data: Uint8Array): number | null {
  const toc = data[0];
  if (toc === undefined) return null;
  const configuration = toc >> 3;
  const mode = configuration < 12 ? 0 : configuration < 16 ? 1 : 2;
  const samples = OPUS_MODE_SAMPLES[mode][(configuration & 3) as 0 | 1 | 2 | 3];
  const code = toc & 3;
  return samples * (code === 0 ? 1 : code === 3 ? (data[1] ?? 1) & 0x3f : 2);
}

/** RFC 9639 §9.1.1, with the coded number (§9.1.5) skipped where the block size stands after it. */
function flacSamples(data: Uint8Array): number | null {
  const [b0 = 0, b1 = 0, b2 = 0, , b4 = 0] = data;
  if (b0 !== 0xff || (b1 & 0xfc) !== 0xf8) return null;
  const code = b2 >> 4;
  if (code === 1) return 192;
  if (code >= 2 && code <= 5) return 576 << (code - 2);
  if (code >= 8) return 256 << (code - 8);
  if (code === 0) return null;
  const numberBytes = b4 < 0x80 ? 1 : Math.clz32(~(b4 << 24));
  const at = 4 + numberBytes;
  return (code === 6 ? (data[at] ?? 0) : ((data[at] ?? 0) << 8) | (data[at + 1] ?? 0)) + 1;
}
