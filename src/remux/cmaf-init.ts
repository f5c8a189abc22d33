import {
  BufferTarget,
  CmafOutputFormat,
  EncodedAudioPacketSource,
  EncodedVideoPacketSource,
  NullTarget,
  Output,
} from 'mediabunny';
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
 * taken out, so that the bytes depend on the format alone.
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
  removeCreationTimes(bytes, 0, bytes.length);
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

/** Sets creation and modification time to 0 in `mvhd`, `tkhd` and `mdhd` (ISO/IEC 14496-12 §8.2.2, §8.3.2, §8.4.2). */
function removeCreationTimes(bytes: Uint8Array, start: number, end: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = start; at + 8 <= end; ) {
    const size = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (size < 8 || at + size > end) return;
    if (type === 'moov' || type === 'trak' || type === 'mdia') removeCreationTimes(bytes, at + 8, at + size);
    if (type === 'mvhd' || type === 'tkhd' || type === 'mdhd') {
      bytes.fill(0, at + 12, at + 12 + (bytes[at + 8] === 1 ? 16 : 8));
    }
    at += size;
  }
}
