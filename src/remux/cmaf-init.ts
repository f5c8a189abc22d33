import {
  BufferTarget,
  CmafOutputFormat,
  EncodedAudioPacketSource,
  EncodedVideoPacketSource,
  NullTarget,
  Output,
} from 'mediabunny';
import { BitReader } from './bits.ts';
import { withEditList } from './edit-list.ts';
import type { AudioFormat, VideoFormat } from './packet.ts';

/** Video's clock, ticks per second: every film's frame times to within 6 µs, constant or variable. */
export const VIDEO_TIMESCALE = 90_000;

/** Ticks per second of a rendition's `tfdt` and `trun`; the init segment says the same. */
export function timescaleOf(format: VideoFormat | AudioFormat): number {
  return format.kind === 'video' ? VIDEO_TIMESCALE : format.sampleRate;
}

/**
 * The init segment (`ftyp`, `moov`) of a single-track rendition (ISO/IEC 23000-19 §7.3.2). The boxes are mediabunny's; its time of creation is
 * taken out, so that the bytes depend on the format alone, and FLAC's sample size is put in.
 *
 * @param compositionDelay ticks that the segments' composition offsets are too large by; an edit list takes them off again
 */
export async function buildCmafInit(
  format: VideoFormat | AudioFormat,
  compositionDelay = 0,
): Promise<Uint8Array> {
  const init = new BufferTarget();
  const output = new Output({ format: new CmafOutputFormat(), target: new NullTarget(), initTarget: init });
  if (format.kind === 'video') {
    output.addVideoTrack(new EncodedVideoPacketSource(format.codec), {
      frameRate: VIDEO_TIMESCALE,
      rotation: rotationOf(format),
      decoderConfig: {
        codec: format.codecString,
        codedWidth: format.width,
        codedHeight: format.height,
        displayAspectWidth: format.width * format.pixelAspect[0],
        displayAspectHeight: format.height * format.pixelAspect[1],
        ...(format.description ? { description: format.description } : {}),
      },
    });
  } else {
    output.addAudioTrack(new EncodedAudioPacketSource(format.codec), {
      decoderConfig: {
        codec: format.codecString,
        sampleRate: format.sampleRate,
        numberOfChannels: format.channels,
        ...(format.description ? { description: audioDescription(format.codec, format.description) } : {}),
      },
    });
  }
  await output.start();
  await output.finalize();
  const bytes = new Uint8Array(init.buffer ?? new ArrayBuffer(0));
  patchBoxes(bytes, 0, bytes.length, format);
  return compositionDelay > 0 ? withEditList(bytes, compositionDelay) : bytes;
}

/**
 * Opus says how many samples of a track's beginning a decoder is to throw away (RFC 7845 §5.1). Chromium throws them away wherever it begins to
 * decode and lets the rest move up (measured: 6.5 ms early, Electron 41), but every sample of ours has its own time: there is nothing to skip.
 */
function audioDescription(codec: AudioFormat['codec'], description: Uint8Array): Uint8Array {
  if (codec !== 'opus') return description;
  const head = Uint8Array.from(description);
  head.fill(0, OPUS_PRE_SKIP, OPUS_PRE_SKIP + 2);
  return head;
}

const OPUS_PRE_SKIP = 10;

function rotationOf(format: VideoFormat): 0 | 90 | 180 | 270 {
  const turns = Math.round(format.rotationDegrees / 90);
  return ((((turns % 4) + 4) % 4) * 90) as 0 | 90 | 180 | 270;
}

const PARENTS = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl']);
const TIMED = new Set(['mvhd', 'tkhd', 'mdhd']);
/** From a box's beginning on, bytes: `stsd`'s first entry (ISO/IEC 14496-12 §8.5.2), an audio entry's `samplesize` (§12.2.3). */
const FIRST_ENTRY = 16;
const SAMPLE_SIZE = 26;

/** Sets creation and modification time to 0 in `mvhd`, `tkhd` and `mdhd` (ISO/IEC 14496-12 §8.2.2, §8.3.2, §8.4.2), and FLAC's sample size. */
function patchBoxes(bytes: Uint8Array, start: number, end: number, format: VideoFormat | AudioFormat): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = start; at + 8 <= end; ) {
    const size = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (size < 8 || at + size > end) return;
    if (PARENTS.has(type)) patchBoxes(bytes, at + 8, at + size, format);
    if (TIMED.has(type)) bytes.fill(0, at + 12, at + 12 + (bytes[at + 8] === 1 ? 16 : 8));
    if (type === 'stsd' && format.codec === 'flac' && format.description) {
      view.setUint16(at + FIRST_ENTRY + SAMPLE_SIZE, flacSampleSize(format.description));
    }
    at += size;
  }
}

/**
 * Bits per sample by STREAMINFO (RFC 9639 §8.2), behind `fLaC` and a block's header. The sample entry must say the same ("Encapsulation of FLAC in
 * ISO BMFF" §3.3.1): Chromium refuses the track otherwise, and mediabunny (1.61) always says 16.
 */
function flacSampleSize(description: Uint8Array): number {
  const streamInfo = new BitReader(description.subarray(8));
  streamInfo.read(16 + 16);
  streamInfo.read(24);
  streamInfo.read(24);
  streamInfo.read(20 + 3);
  return streamInfo.read(5) + 1;
}
