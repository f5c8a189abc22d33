const EDTS_BYTES = 36;

/**
 * An init segment whose only track presents its media from `mediaTime` ticks on (ISO/IEC 14496-12 §8.6.6): one edit, to the end of the film.
 * This is how CMAF takes off the composition delay of B-frames (ISO/IEC 23000-19 §7.5.13).
 */
export function withEditList(init: Uint8Array, mediaTime: number): Uint8Array {
  const moov = findBox(init, 0, init.length, 'moov');
  const trak = findBox(init, moov.start + 8, moov.end, 'trak');
  const tkhd = findBox(init, trak.start + 8, trak.end, 'tkhd');
  const edts = Buffer.alloc(EDTS_BYTES);
  edts.writeUInt32BE(EDTS_BYTES, 0);
  edts.write('edts', 4, 'latin1');
  edts.writeUInt32BE(EDTS_BYTES - 8, 8);
  edts.write('elst', 12, 'latin1');
  edts.writeUInt32BE(1, 20); // entries; segment_duration 0: to the end, however many fragments there are
  edts.writeInt32BE(mediaTime, 28);
  edts.writeUInt32BE(0x1_0000, 32); // media_rate 1
  const bytes = Buffer.concat([init.subarray(0, tkhd.end), edts, init.subarray(tkhd.end)]);
  for (const box of [moov, trak]) bytes.writeUInt32BE(box.end - box.start + EDTS_BYTES, box.start);
  return bytes;
}

function findBox(bytes: Uint8Array, from: number, end: number, type: string): { start: number; end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = from; at + 8 <= end; ) {
    const size = view.getUint32(at);
    if (String.fromCharCode(...bytes.subarray(at + 4, at + 8)) === type) return { start: at, end: at + size };
    if (size < 8) break;
    at += size;
  }
  throw new RangeError(`The init segment has no ${type}.`);
}
