import type { Packet } from '../../remux/packet.ts';

/**
 * The sequence and picture parameter sets of an avcC (ISO/IEC 14496-15 §5.3.3.1), each as a NAL unit with four bytes of length before it; null where
 * it cannot be read.
 */
export function parameterSets(avcC: Uint8Array): Uint8Array | null {
  const view = new DataView(avcC.buffer, avcC.byteOffset, avcC.byteLength);
  const units: Uint8Array[] = [];
  let at = 5;
  for (const mask of [0x1f, 0xff]) {
    if (at >= avcC.length) return null;
    const count = view.getUint8(at++) & mask;
    for (let n = 0; n < count; n++) {
      const size = at + 2 <= avcC.length ? view.getUint16(at) : Number.POSITIVE_INFINITY;
      if (at + 2 + size > avcC.length) return null;
      const length = Buffer.alloc(4);
      length.writeUInt32BE(size);
      units.push(length, avcC.subarray(at + 2, at + 2 + size));
      at += 2 + size;
    }
  }
  return Buffer.concat(units);
}

/**
 * Each keyframe with these before it. Whoever plays holds the init segment of another encoder: parameter sets in the stream override those
 * (ITU-T H.264 §7.4.1.2.1).
 */
export function withParameterSets(packet: Packet, sets: Uint8Array): Packet {
  return packet.isKey ? { ...packet, data: Buffer.concat([sets, packet.data]) } : packet;
}
