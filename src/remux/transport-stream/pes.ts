import type { ByteCursor } from '../byte-cursor.ts';
import { certainBytes, findPacket, type PacketHeader, type PacketLayout, parsePacket } from './packets.ts';

/** A PES packet (ISO/IEC 13818-1 §2.4.3.6), without its header. */
export interface PesUnit {
  pid: number;
  /** Absolute offset of the transport packet it begins with. */
  offset: number;
  /** Ticks of 90 kHz, 33 bits; null when it tells none. */
  ptsTicks: number | null;
  payload: Uint8Array;
  /** `incomplete`: bytes of it are missing or wrong; `torn`: behind it lies what is no transport stream, and who knows how much is lost. */
  damage: Damage;
}

export type Damage = 'none' | 'incomplete' | 'torn';

/** No frame is larger; one that claims to be is damage. */
const MAX_UNIT_BYTES = 16 << 20;
const WINDOW_BYTES = 64 << 10;
/** After so much without a PES packet that was wanted the rest of the file is given up: no wait is without a bound. */
const MAX_SILENT_BYTES = 256 << 20;

/**
 * The PES packets of some streams from the cursor's place on, in the order in which they end; at the end of the file what is left of them. Where
 * the packets' rhythm is lost, it is looked for again: a damaged stretch costs what it holds and nothing more.
 *
 * @param limit offset from which on nothing is read, for streams that may have nothing more to say
 */
export async function* readPes(
  cursor: ByteCursor,
  layout: PacketLayout,
  isWanted: (pid: number) => boolean,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<PesUnit, void, undefined> {
  const open = new Map<number, OpenUnit>();
  let heardAt = cursor.position;
  while (cursor.position < limit && cursor.position - heardAt <= MAX_SILENT_BYTES) {
    await cursor.fill(certainBytes(layout));
    const bytes = cursor.peek();
    const base = cursor.position;
    let at = 0;
    for (; at + layout.packetBytes <= bytes.length; at += layout.packetBytes) {
      const packet = parsePacket(bytes, at, layout);
      if (!packet) break;
      if (!isWanted(packet.pid)) continue;
      const before = open.get(packet.pid);
      if (before && !before.follows(packet)) continue;
      if (packet.isStart) {
        open.set(packet.pid, new OpenUnit(packet.pid, base + at, packet.continuity));
        const whole = before?.close();
        if (whole) {
          heardAt = base + at;
          yield whole;
        }
      }
      open.get(packet.pid)?.append(packet, bytes);
    }
    cursor.take(at);
    if (cursor.available >= layout.packetBytes) {
      for (const unit of open.values()) unit.tear();
      if (!(await skipToPacket(cursor, layout))) break;
    } else if (!(await cursor.fill(layout.packetBytes))) break;
  }
  const rest = [...open.values()].flatMap((unit) => unit.close() ?? []);
  yield* rest.sort((a, b) => a.offset - b.offset);
}

/** Moves to the next packet; false when there is none. */
async function skipToPacket(cursor: ByteCursor, layout: PacketLayout): Promise<boolean> {
  const start = cursor.position;
  while (cursor.position - start <= MAX_SILENT_BYTES) {
    const isMore = await cursor.fill(WINDOW_BYTES);
    const found = findPacket(cursor.peek(), cursor.position === start ? 1 : 0, layout);
    if (found >= 0) {
      cursor.take(found);
      return true;
    }
    if (!isMore) return false;
    // A row of packets may have begun in the window's end.
    cursor.take(cursor.available - certainBytes(layout));
  }
  return false;
}

class OpenUnit {
  readonly #pid: number;
  readonly #offset: number;
  readonly #parts: Uint8Array[] = [];
  #bytes = 0;
  #continuity: number;
  #damage: Damage = 'none';

  constructor(pid: number, offset: number, continuity: number) {
    this.#pid = pid;
    this.#offset = offset;
    this.#continuity = continuity;
  }

  tear(): void {
    this.#damage = 'torn';
  }

  /** Takes the counter of the stream's next packet into account; false when that is this one again. */
  follows({ continuity, isDiscontinuous, payloadStart, payloadEnd }: PacketHeader): boolean {
    // §2.4.3.3: the counter rises with every packet that has a payload; a packet may be sent twice.
    if (payloadStart === payloadEnd || (continuity === this.#continuity && !isDiscontinuous)) return false;
    if (continuity !== ((this.#continuity + 1) & 15) && !isDiscontinuous) this.#damaged();
    this.#continuity = continuity;
    return true;
  }

  append({ isDamaged, isScrambled, payloadStart, payloadEnd }: PacketHeader, bytes: Uint8Array): void {
    const size = payloadEnd - payloadStart;
    if (isDamaged || isScrambled || this.#bytes + size > MAX_UNIT_BYTES) this.#damaged();
    if (this.#bytes + size > MAX_UNIT_BYTES) return;
    this.#parts.push(bytes.subarray(payloadStart, payloadEnd));
    this.#bytes += size;
  }

  /** Null when it does not even begin as a PES packet. */
  close(): PesUnit | null {
    const bytes = Buffer.concat(this.#parts, this.#bytes);
    if (bytes.length < 9 || bytes.readUIntBE(0, 3) !== 1) return null;
    const hasPts = ((bytes[7] ?? 0) & 0x80) !== 0 && bytes.length >= 14;
    const dataStart = 9 + (bytes[8] ?? 0);
    const declared = bytes.readUInt16BE(4);
    // A length of 0 is allowed for video: until the next one begins.
    const end = declared === 0 ? bytes.length : Math.min(bytes.length, 6 + declared);
    if (bytes.length < 6 + declared) this.#damaged();
    return {
      pid: this.#pid,
      offset: this.#offset,
      ptsTicks: hasPts ? timestamp(bytes, 9) : null,
      payload: bytes.subarray(Math.min(dataStart, end), end),
      damage: this.#damage,
    };
  }

  #damaged(): void {
    if (this.#damage === 'none') this.#damage = 'incomplete';
  }
}

/** 33 bits in five bytes, with marker bits between (§2.4.3.7). */
function timestamp(bytes: Uint8Array, at: number): number {
  const [b0 = 0, b1 = 0, b2 = 0, b3 = 0, b4 = 0] = bytes.subarray(at, at + 5);
  return ((b0 >> 1) & 7) * 2 ** 30 + (b1 << 22) + ((b2 >> 1) << 15) + (b3 << 7) + (b4 >> 1);
}
