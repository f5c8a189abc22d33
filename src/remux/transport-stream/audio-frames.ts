import {
  AAC_RATES,
  aacCodecString,
  buildAudioSpecificConfig,
  channelCountOf,
  parseAudioSpecificConfig,
} from '../aac.ts';
import { parseMp3Header } from '../mp3-header.ts';
import type { AudioFormat } from '../packet.ts';
import { TICKS_PER_SECOND } from './transport-clock.ts';

/** One frame of sound in a byte stream: where it lies, what of it is carried on, and how long it sounds. */
interface Frame {
  length: number;
  /** Bytes of header that MP4 has no place for. */
  headerBytes: number;
  samples: number;
  sampleRate: number;
  format: () => AudioFormat | null;
}

export interface TimedFrame {
  data: Uint8Array;
  ptsTicks: number;
  durationTicks: number;
}

/** Codecs whose frames can be told apart in a byte stream. */
export type FramedCodec = 'aac' | 'mp3';

/**
 * Cuts a stream of PES payloads into frames. A frame may begin in one PES packet and end in the next; a PES packet's time is that of the first
 * frame that begins in it (ISO/IEC 13818-1 §2.4.3.7). What lies before the first sync word, or between frames, is dropped.
 */
export class FrameSplitter {
  readonly #parse: (bytes: Uint8Array) => Frame | null;
  #pending: Uint8Array = new Uint8Array(0);
  #nextTicks: number | null = null;

  constructor(codec: FramedCodec) {
    this.#parse = PARSERS[codec];
  }

  /** The frames that this payload completes. */
  push(payload: Uint8Array, ptsTicks: number | null): TimedFrame[] {
    const carried = this.#pending.length;
    const bytes = carried === 0 ? payload : Buffer.concat([this.#pending, payload]);
    const frames: TimedFrame[] = [];
    let isTimed = ptsTicks === null;
    let at = 0;
    while (at < bytes.length) {
      const frame = this.#parse(bytes.subarray(at));
      if (!frame) {
        if (bytes.length - at < HEADER_BYTES) break;
        at++;
        continue;
      }
      if (at + frame.length > bytes.length) break;
      // Without a second sync word behind it a first one may be chance.
      const follower = bytes.subarray(at + frame.length);
      const isSure =
        this.#nextTicks !== null || follower.length < HEADER_BYTES || this.#parse(follower) !== null;
      if (!isSure) {
        at++;
        continue;
      }
      if (!isTimed && at >= carried) {
        this.#nextTicks = ptsTicks;
        isTimed = true;
      }
      const durationTicks = (frame.samples * TICKS_PER_SECOND) / frame.sampleRate;
      if (this.#nextTicks !== null) {
        const data = bytes.subarray(at + frame.headerBytes, at + frame.length);
        frames.push({ data, ptsTicks: this.#nextTicks, durationTicks });
        this.#nextTicks += durationTicks;
      }
      at += frame.length;
    }
    // The frame that goes on in the next payload has this one's time if none before it took that.
    if (!isTimed && at >= carried) this.#nextTicks = ptsTicks;
    // Less than a frame: their headers have 13 bits for a length, MP3's come to less.
    this.#pending = bytes.subarray(at);
    return frames;
  }

  /** Something is missing: nothing that came before goes on. */
  reset(): void {
    this.#pending = new Uint8Array(0);
    this.#nextTicks = null;
  }
}

/** The format that a stream's frames tell; null when a payload holds none, or one that cannot be copied. */
export function framedFormat(payload: Uint8Array, codec: FramedCodec): AudioFormat | null {
  const parse = PARSERS[codec];
  for (let at = 0; at + HEADER_BYTES <= payload.length; at++) {
    const frame = parse(payload.subarray(at));
    const follower = frame && payload.subarray(at + frame.length);
    if (frame && follower && (follower.length < HEADER_BYTES || parse(follower))) return frame.format();
  }
  return null;
}

/** Each tells a frame by its header; null where none begins. */
const PARSERS: Readonly<Record<FramedCodec, (bytes: Uint8Array) => Frame | null>> = {
  aac: adtsFrame,
  mp3: mp3Frame,
};
const HEADER_BYTES = 7;

/** ISO/IEC 14496-3 §1.A.2.2. */
function adtsFrame(bytes: Uint8Array): Frame | null {
  const [b0 = 0, b1 = 0, b2 = 0, b3 = 0, b4 = 0, b5 = 0, b6 = 0] = bytes;
  if (bytes.length < HEADER_BYTES || b0 !== 0xff || (b1 & 0xf6) !== 0xf0) return null;
  const sampleRate = AAC_RATES[(b2 >> 2) & 15];
  const length = ((b3 & 3) << 11) | (b4 << 3) | (b5 >> 5);
  const headerBytes = (b1 & 1) === 1 ? 7 : 9;
  const blocks = (b6 & 3) + 1;
  if (sampleRate === undefined || length <= headerBytes) return null;
  const channels = ((b2 & 1) << 2) | (b3 >> 6);
  return {
    length,
    headerBytes,
    samples: 1024 * blocks,
    sampleRate,
    // Several blocks in a frame, and a layout that the frames themselves describe, are rare and left to an encoder.
    format: () => (blocks > 1 || channels === 0 ? null : aacFormat((b2 >> 6) + 1, sampleRate, channels)),
  };
}

function aacFormat(objectType: number, sampleRate: number, channelConfiguration: number): AudioFormat | null {
  const channels = channelCountOf(channelConfiguration);
  const description = buildAudioSpecificConfig(objectType, sampleRate, channels);
  const config = parseAudioSpecificConfig(description);
  if (!config || channels === 0) return null;
  return {
    kind: 'audio',
    codec: 'aac',
    codecString: aacCodecString(config),
    sampleRate,
    channels,
    description,
  };
}

function mp3Frame(bytes: Uint8Array): Frame | null {
  const header = bytes.length < HEADER_BYTES ? null : parseMp3Header(bytes);
  if (header?.layer !== 3 || header.frameBytes === 0) return null;
  const { sampleRate, channels } = header;
  return {
    length: header.frameBytes,
    headerBytes: 0,
    samples: header.samplesPerFrame,
    sampleRate,
    format: () => ({
      kind: 'audio',
      codec: 'mp3',
      codecString: 'mp3',
      sampleRate,
      channels,
      description: null,
    }),
  };
}
