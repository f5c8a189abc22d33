/** How a file's transport packets lie: plain (188 bytes), with a Blu-ray's or camcorder's time in front (192), with DVB's parity behind (204). */
export interface PacketLayout {
  packetBytes: 188 | 192 | 204;
  /** Bytes before the sync byte. */
  prefixBytes: 0 | 4;
}

/** A packet's header (ISO/IEC 13818-1 §2.4.3.2), and where its payload lies in the bytes it was read from. */
export interface PacketHeader {
  pid: number;
  /** A PES packet or a section begins here. */
  isStart: boolean;
  isDamaged: boolean;
  isScrambled: boolean;
  continuity: number;
  /** The sender says that the continuity counter may jump here. */
  isDiscontinuous: boolean;
  payloadStart: number;
  payloadEnd: number;
}

const SYNC = 0x47;
/** So many sync bytes in a row are no chance (one in a thousand million in noise). */
const CERTAIN_PACKETS = 4;
const LAYOUTS: readonly PacketLayout[] = [
  { packetBytes: 188, prefixBytes: 0 },
  { packetBytes: 192, prefixBytes: 4 },
  { packetBytes: 204, prefixBytes: 0 },
];
const MAX_LEADING_BYTES = 16 << 10;

/** The layout of a file by its head, and where its first packet begins; null when it is no transport stream. */
export function detectLayout(head: Uint8Array): { layout: PacketLayout; start: number } | null {
  for (const layout of LAYOUTS) {
    const start = findPacket(head.subarray(0, MAX_LEADING_BYTES), 0, layout);
    if (start >= 0) return { layout, start };
  }
  return null;
}

/** Where packets begin in `bytes`, from `from` on; -1 when none do. Only where enough follow to be sure of it. */
export function findPacket(
  bytes: Uint8Array,
  from: number,
  { packetBytes, prefixBytes }: PacketLayout,
): number {
  const last = bytes.length - prefixBytes - 1 - (CERTAIN_PACKETS - 1) * packetBytes;
  for (let at = from; at <= last; at++) {
    let sync = 0;
    while (sync < CERTAIN_PACKETS && bytes[at + prefixBytes + sync * packetBytes] === SYNC) sync++;
    if (sync === CERTAIN_PACKETS) return at;
  }
  return -1;
}

/** How many bytes `findPacket` needs to judge one place. */
export function certainBytes({ packetBytes }: PacketLayout): number {
  return CERTAIN_PACKETS * packetBytes;
}

/** The header of the packet at `at`; null where none begins. */
export function parsePacket(bytes: Uint8Array, at: number, layout: PacketLayout): PacketHeader | null {
  const start = at + layout.prefixBytes;
  if (bytes[start] !== SYNC) return null;
  const b1 = bytes[start + 1] ?? 0;
  const b3 = bytes[start + 3] ?? 0;
  const end = start + 188;
  let payloadStart = start + 4;
  let isDiscontinuous = false;
  if ((b3 & 0x20) !== 0) {
    const length = bytes[payloadStart] ?? 0;
    isDiscontinuous = length > 0 && ((bytes[payloadStart + 1] ?? 0) & 0x80) !== 0;
    payloadStart = Math.min(end, payloadStart + 1 + length);
  }
  return {
    pid: ((b1 & 0x1f) << 8) | (bytes[start + 2] ?? 0),
    isStart: (b1 & 0x40) !== 0,
    isDamaged: (b1 & 0x80) !== 0,
    isScrambled: (b3 & 0xc0) !== 0,
    continuity: b3 & 0x0f,
    isDiscontinuous,
    payloadStart: (b3 & 0x10) !== 0 ? payloadStart : end,
    payloadEnd: end,
  };
}
