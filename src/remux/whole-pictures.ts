import { nalFraming } from './mpegts/annexb.ts';
import type { Packet, PacketReader, VideoFormat } from './packet.ts';

/**
 * A reader whose damaged pictures are left out, and with them those that are predicted from them, up to the next key picture. A browser gives up
 * the whole film over one sample of H.264 or HEVC whose NAL units do not add up (Chromium: CHUNK_DEMUXER_ERROR_APPEND_FAILED).
 */
export function withWholePictures(reader: PacketReader): PacketReader {
  const lengthBytes = reader.video && nalLengthBytes(reader.video);
  if (lengthBytes === null) return reader;
  return {
    video: reader.video,
    audio: reader.audio,
    videoPackets: (span, signal) => wholePictures(reader.videoPackets(span, signal), lengthBytes),
    audioPackets: (position, span, signal) => reader.audioPackets(position, span, signal),
    close: () => reader.close(),
  };
}

async function* wholePictures(
  packets: AsyncIterable<Packet>,
  lengthBytes: number,
): AsyncGenerator<Packet, void, undefined> {
  let lacksReference = false;
  for await (const packet of packets) {
    const isWhole = addsUp(packet.data, lengthBytes);
    if (!isWhole) lacksReference = true;
    else if (packet.isKey) lacksReference = false;
    if (isWhole && !lacksReference) yield packet;
  }
}

/** Whether each NAL unit ends within the picture and the last one with it; some muxers leave zeros behind. */
function addsUp(data: Uint8Array, lengthBytes: number): boolean {
  let at = 0;
  let units = 0;
  while (at + lengthBytes < data.length) {
    let length = 0;
    for (let i = 0; i < lengthBytes; i++) length = length * 256 + (data[at + i] ?? 0);
    const start = at + lengthBytes;
    // `forbidden_zero_bit` (H.264 §7.3.1, H.265 §7.3.1.2).
    if (start + length > data.length || (length > 0 && ((data[start] ?? 0) & 0x80) !== 0)) return false;
    if (length > 0) units++;
    at = start + length;
  }
  return units > 0;
}

function nalLengthBytes(format: VideoFormat): number | null {
  return nalFraming(format)?.lengthBytes ?? null;
}
