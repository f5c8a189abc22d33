import { parseAudioSpecificConfig } from './aac.ts';
import { BitWriter } from './bits.ts';
import { parseMp3Header } from './mp3-header.ts';
import type { AudioFormat } from './packet.ts';

/**
 * One frame of digital silence in the format's own framing; null when we know none.
 *
 * @param neighbour a packet of the same track: MP3 takes bit rate and mode from it
 */
export function silentFrame(format: AudioFormat, neighbour: Uint8Array | null): Uint8Array | null {
  switch (format.codec) {
    case 'aac':
      return silentAac(format);
    case 'opus':
      return silentOpus(format);
    case 'mp3':
      return silentMp3(format, neighbour);
    case 'flac':
      return null;
  }
}

type AacElement = 'SCE' | 'CPE' | 'LFE';

/** Elements by channel configuration (ISO/IEC 14496-3 table 1.19). */
const AAC_ELEMENTS: readonly (readonly AacElement[])[] = [
  [],
  ['SCE'],
  ['CPE'],
  ['SCE', 'CPE'],
  ['SCE', 'CPE', 'SCE'],
  ['SCE', 'CPE', 'CPE'],
  ['SCE', 'CPE', 'CPE', 'LFE'],
  ['SCE', 'CPE', 'CPE', 'CPE', 'LFE'],
];
const AAC_ELEMENT_ID = { SCE: 0, CPE: 1, LFE: 3 } as const;
const AAC_END = 7;

/** A raw data block (ISO/IEC 14496-3 §4.4.2.1) whose channels have no scale factor bands, hence no spectrum. */
function silentAac(format: AudioFormat): Uint8Array | null {
  const config = format.description && parseAudioSpecificConfig(format.description);
  const layout = config && config.objectType === 2 ? AAC_ELEMENTS[config.channelConfiguration] : undefined;
  if (!layout || layout.length === 0) return null;
  const bits = new BitWriter();
  const tags = { SCE: 0, CPE: 0, LFE: 0 };
  for (const element of layout) {
    bits.write(AAC_ELEMENT_ID[element], 3).write(tags[element]++, 4);
    if (element === 'CPE') {
      bits.write(1, 1); // common_window
      writeIcsInfo(bits);
      bits.write(0, 2); // no mid/side
      writeEmptyChannel(bits, false);
      writeEmptyChannel(bits, false);
    } else {
      writeEmptyChannel(bits, true);
    }
  }
  return bits.write(AAC_END, 3).bytes();
}

/** One long window, sine shape, no scale factor bands, no prediction. */
function writeIcsInfo(bits: BitWriter): void {
  bits.write(0, 1).write(0, 2).write(0, 1).write(0, 6).write(0, 1);
}

function writeEmptyChannel(bits: BitWriter, hasIcsInfo: boolean): void {
  bits.write(0, 8); // global gain
  if (hasIcsInfo) writeIcsInfo(bits);
  bits.write(0, 3); // no pulses, no noise shaping, no gain control
}

/** 20 ms of full-band CELT with the silence flag (RFC 6716 §4.3). Several streams are joined with self-delimiting framing (RFC 6716 appendix B). */
function silentOpus(format: AudioFormat): Uint8Array | null {
  const head = format.description;
  const mappingFamily = head?.[18] ?? 0;
  const streams = mappingFamily === 0 ? 1 : (head?.[19] ?? 1);
  const coupled = mappingFamily === 0 ? (format.channels > 1 ? 1 : 0) : (head?.[20] ?? 0);
  const frame: number[] = [];
  for (let i = 0; i < streams; i++) {
    const toc = i < coupled ? 0xfc : 0xf8;
    frame.push(toc, ...(i < streams - 1 ? [2] : []), 0xff, 0xfe);
  }
  return Uint8Array.from(frame);
}

/** A frame whose side information is all zeros: no main data, no gain (ISO/IEC 11172-3 §2.4.1.7). */
function silentMp3(format: AudioFormat, neighbour: Uint8Array | null): Uint8Array | null {
  const header = neighbour?.subarray(0, 4) ?? mp3HeaderOf(format);
  const parsed = header && parseMp3Header(header);
  if (!header || !parsed || parsed.layer !== 3 || parsed.frameBytes === 0) return null;
  const frame = new Uint8Array(parsed.frameBytes);
  frame.set(header);
  frame[1] = (frame[1] ?? 0) | 1; // no CRC
  return frame;
}

/** 128 kbit/s (64 at half rates) in the track's rate and channels. */
function mp3HeaderOf(format: AudioFormat): Uint8Array | null {
  const index = [44100, 48000, 32000, 22050, 24000, 16000, 11025, 12000, 8000].indexOf(format.sampleRate);
  if (index < 0) return null;
  const version = [0xfb, 0xf3, 0xe3][Math.floor(index / 3)] ?? 0xfb;
  const bitrate = index < 3 ? 9 : 8;
  return Uint8Array.of(0xff, version, (bitrate << 4) | ((index % 3) << 2), format.channels === 1 ? 0xc0 : 0);
}
