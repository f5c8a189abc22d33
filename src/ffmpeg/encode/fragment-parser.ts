import {
  type Box,
  boxes,
  descendant,
  type FullBox,
  MAX_BOX_HEADER_BYTES,
  readBox,
} from '../../probe/container-index/mp4/boxes.ts';
import type { Packet } from '../../remux/packet.ts';

/** What the `moov` of an encoder's output says of its one track. */
export interface EncodedHeader {
  /** Sample entry: `avc1`, `mp4a`. */
  sampleEntry: string;
  /** avcC payload, or AudioSpecificConfig; null when there is none. */
  description: Uint8Array | null;
}

/** Each of our encoder's boxes holds a frame; what claims to be larger than this is none of them. */
const MAX_BOX_BYTES = 64 * 1024 * 1024;
/** Bytes of a sample entry before its own boxes (ISO/IEC 14496-12 §12.1.3, §12.2.3). */
const SAMPLE_ENTRY_BYTES = { video: 78, audio: 28 };
/** `sample_is_non_sync_sample` (§8.8.3.1). */
const NON_SYNC = 0x1_0000;

/**
 * Reads the fragmented MP4 that our own ffmpeg writes to a pipe (one track, default-base-is-moof, absolute `tfdt`), chunk by chunk: packets
 * come out as soon as their fragment is whole.
 */
export class FragmentParser {
  readonly #offsetSeconds: number;
  #pending: Buffer<ArrayBufferLike> = Buffer.alloc(0);
  #header: EncodedHeader | undefined;
  #timescale = 1;
  #fragment: Sample[] = [];

  /** @param offsetSeconds what the muxer was told to add to every time stamp; taken off here */
  constructor(offsetSeconds: number) {
    this.#offsetSeconds = offsetSeconds;
  }

  /** Known before the first packet. */
  get header(): EncodedHeader | undefined {
    return this.#header;
  }

  /** The packets that this chunk completes, in decode order. @throws RangeError when the bytes are no such MP4. */
  push(chunk: Buffer): Packet[] {
    const bytes = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    const packets: Packet[] = [];
    let at = 0;
    for (let box = readBox(bytes, at); box?.end && box.end <= bytes.length; box = readBox(bytes, at)) {
      packets.push(...this.#take(bytes, { ...box, end: box.end }));
      at = box.end;
    }
    this.#pending = bytes.subarray(at);
    if (this.#pending.length >= MAX_BOX_HEADER_BYTES) {
      const boxEnd = readBox(bytes, at)?.end ?? Number.POSITIVE_INFINITY;
      if (boxEnd - at > MAX_BOX_BYTES)
        throw new RangeError('The encoder wrote something else than fragmented MP4.');
    }
    return packets;
  }

  #take(bytes: Buffer, box: Box & { end: number }): Packet[] {
    if (box.type === 'moov') this.#readHeader(bytes, box);
    else if (box.type === 'moof') this.#fragment = readFragment(bytes, box);
    else if (box.type === 'mdat') return this.#packets(bytes.subarray(box.dataStart, box.end));
    return [];
  }

  #readHeader(bytes: Buffer, moov: Box & { end: number }): void {
    const timing = descendant(bytes, moov, 'trak', 'mdia', 'mdhd');
    const table = descendant(bytes, moov, 'trak', 'mdia', 'minf', 'stbl', 'stsd');
    const entry = table && boxes(bytes, table.dataStart + 8, table.end).next().value;
    if (!timing || !entry) throw new RangeError('The encoder’s header describes no track.');
    this.#timescale = timing.u32(timing.version === 1 ? 20 : 12) || 1;
    this.#header = { sampleEntry: entry.type, description: describe(bytes, entry) };
  }

  #packets(data: Uint8Array): Packet[] {
    let at = 0;
    return this.#fragment.map(({ size, duration, presentationTime, isKey }) => {
      const packet: Packet = {
        data: data.subarray(at, at + size),
        ptsSeconds: presentationTime / this.#timescale - this.#offsetSeconds,
        durationSeconds: duration / this.#timescale,
        isKey,
      };
      at += size;
      return packet;
    });
  }
}

interface Sample {
  size: number;
  /** In ticks of the track, as `presentationTime`. */
  duration: number;
  presentationTime: number;
  isKey: boolean;
}

/** The samples of a `moof` (ISO/IEC 14496-12 §8.8.7, §8.8.8, §8.8.12); their bytes follow each other in the `mdat`. */
function readFragment(bytes: Buffer, moof: Box & { end: number }): Sample[] {
  const head = descendant(bytes, moof, 'traf', 'tfhd');
  const base = descendant(bytes, moof, 'traf', 'tfdt');
  const run = descendant(bytes, moof, 'traf', 'trun');
  if (!head || !base || !run) return [];
  const defaults = readDefaults(head);
  let decodeTime = base.version === 1 ? base.u64(4) : base.u32(4);
  const has = (flag: number) => (run.flags & flag) !== 0;
  let at = 8 + (has(0x1) ? 4 : 0);
  const firstFlags = has(0x4) ? run.u32(at) : undefined;
  if (has(0x4)) at += 4;
  const next = (flag: number, otherwise: number) => {
    if (!has(flag)) return otherwise;
    at += 4;
    return run.u32(at - 4);
  };
  // One field at least is written per sample; a claim beyond the box is cut by the box's own end.
  const count = Math.min(run.u32(4), Math.max(1, run.size));
  return Array.from({ length: count }, (_, i) => {
    const duration = next(0x100, defaults.duration);
    const size = next(0x200, defaults.size);
    const flags = next(0x400, (i === 0 ? firstFlags : undefined) ?? defaults.flags);
    const composition = next(0x800, 0) | 0;
    const sample = {
      size,
      duration,
      presentationTime: decodeTime + composition,
      isKey: (flags & NON_SYNC) === 0,
    };
    decodeTime += duration;
    return sample;
  });
}

function readDefaults(head: FullBox): { duration: number; size: number; flags: number } {
  let at = 8;
  const next = (flag: number, width: number) => {
    if ((head.flags & flag) === 0) return 0;
    at += width;
    return width === 4 ? head.u32(at - 4) : 0;
  };
  next(0x1, 8);
  next(0x2, 4);
  return { duration: next(0x8, 4), size: next(0x10, 4), flags: next(0x20, 4) };
}

function describe(bytes: Buffer, entry: Box & { end: number }): Uint8Array | null {
  const isVideo = entry.type !== 'mp4a';
  const skip = isVideo ? SAMPLE_ENTRY_BYTES.video : SAMPLE_ENTRY_BYTES.audio;
  const inner = { dataStart: entry.dataStart + skip, end: entry.end };
  if (isVideo) {
    const config = descendant(bytes, inner, 'avcC');
    return config && Uint8Array.from(bytes.subarray(config.dataStart, config.end));
  }
  const esds = descendant(bytes, inner, 'esds');
  return esds && decoderSpecificInfo(bytes.subarray(esds.dataStart + 4, esds.end));
}

/** The AudioSpecificConfig in an elementary stream descriptor (ISO/IEC 14496-1 §7.2.6.5): tags 3 → 4 → 5. */
function decoderSpecificInfo(bytes: Uint8Array): Uint8Array | null {
  let at = 0;
  const open = (tag: number) => {
    if (bytes[at] !== tag) return -1;
    at += 1;
    let length = 0;
    for (let byte = 0x80; byte & 0x80; at++) {
      byte = bytes[at] ?? 0;
      length = (length << 7) | (byte & 0x7f);
    }
    return length;
  };
  if (open(3) < 0) return null;
  at += 3; // ES_ID and flags; our muxer sets none that lengthen it
  if (open(4) < 0) return null;
  at += 13;
  const length = open(5);
  return length < 0 ? null : Uint8Array.from(bytes.subarray(at, at + length));
}
