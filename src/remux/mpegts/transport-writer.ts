/** Bytes of a transport packet (ISO/IEC 13818-1 §2.4.3.2). */
export const PACKET_BYTES = 188;
const PAYLOAD_BYTES = 184;
/** Continuity counters wrap at 16. */
const COUNTER_PERIOD = 16;
const WRAP = 2 ** 33;

/** One PES packet to be. Times in 90 kHz ticks, not yet wrapped to 33 bits. */
export interface PesUnit {
  pid: number;
  streamId: number;
  pts: number;
  dts: number;
  isKey: boolean;
  /** Null: this packet carries no clock reference. */
  pcr: number | null;
  payload: Uint8Array;
}

/**
 * Writes transport packets into one buffer. Each segment begins with all continuity counters at 0 and must bring every PID's count of
 * payload packets to a multiple of 16 (`alignCounter`), so that segments join cleanly in any order though none knows its neighbour.
 */
export class TransportWriter {
  #buffer: Buffer;
  #at = 0;
  readonly #counters = new Map<number, number>();

  /** @param capacity upper bound of the bytes to be written; the buffer grows when it was too low */
  constructor(capacity: number) {
    this.#buffer = Buffer.allocUnsafe(capacity);
  }

  /** A PSI section (with its pointer field) in one packet, the rest stuffed with 0xFF. */
  writeSection(pid: number, section: Uint8Array): void {
    const at = this.#reserve(1);
    const counter = this.#counters.get(pid) ?? 0;
    this.#counters.set(pid, (counter + 1) % COUNTER_PERIOD);
    this.#header(at, pid, true, 0x10 | counter);
    this.#buffer.fill(0xff, at + 4, at + PACKET_BYTES);
    this.#buffer.set(section, at + 4);
  }

  /** An adaptation field with nothing but the clock; does not count for continuity (§2.4.3.3). */
  writeClock(pid: number, pcr: number): void {
    const at = this.#reserve(1);
    const last = ((this.#counters.get(pid) ?? 0) + COUNTER_PERIOD - 1) % COUNTER_PERIOD;
    this.#header(at, pid, false, 0x20 | last);
    this.#buffer[at + 4] = PAYLOAD_BYTES - 1;
    this.#buffer[at + 5] = 0x10;
    this.#buffer.fill(0xff, at + 6, at + PACKET_BYTES);
    this.#clock(at + 6, pcr);
  }

  /**
   * A PES packet. With `alignCounter` it is spread over as many further packets (shorter payloads, more stuffing) as bring its PID's counter
   * back to 0: the last unit of each PID in a segment.
   */
  writePes(unit: PesUnit, alignCounter = false): void {
    const header = pesHeader(unit);
    const size = header.length + unit.payload.length;
    const firstFlags = (unit.pcr === null ? 0 : 0x10) | (unit.isKey ? 0x40 : 0);
    const firstExtra = firstFlags === 0 ? 0 : 2 + (unit.pcr === null ? 0 : 6);
    const firstRoom = PAYLOAD_BYTES - firstExtra;
    const needed = 1 + Math.ceil(Math.max(0, size - firstRoom) / PAYLOAD_BYTES);
    const before = this.#counters.get(unit.pid) ?? 0;
    const count = alignCounter
      ? needed + ((COUNTER_PERIOD - ((before + needed) % COUNTER_PERIOD)) % COUNTER_PERIOD)
      : needed;

    // Header and payload are laid behind the packets-to-be and moved from there: `copyWithin` allocates nothing, a view per packet would.
    const first = this.#reserve(count, size);
    let from = first + count * PACKET_BYTES;
    const end = from + size;
    this.#buffer.set(header, from);
    this.#buffer.set(unit.payload, from + header.length);
    for (let i = 0; i < count; i++) {
      const at = first + i * PACKET_BYTES;
      const room = i === 0 ? firstRoom : PAYLOAD_BYTES;
      // Later packets need a byte each, so a unit that is spread out holds some back.
      const bytes = Math.min(room, end - from - (count - 1 - i));
      const body = at + PACKET_BYTES - bytes;
      const stuffing = body - at - 4;
      const counter = (before + i) % COUNTER_PERIOD;
      this.#header(at, unit.pid, i === 0, (stuffing > 0 ? 0x30 : 0x10) | counter);
      if (stuffing > 0)
        this.#adaptation(at + 4, stuffing, i === 0 ? firstFlags : 0, i === 0 ? unit.pcr : null);
      this.#buffer.copyWithin(body, from, from + bytes);
      from += bytes;
    }
    this.#counters.set(unit.pid, (before + count) % COUNTER_PERIOD);
  }

  /** What was written, without copying. */
  bytes(): Uint8Array {
    return new Uint8Array(this.#buffer.buffer, this.#buffer.byteOffset, this.#at);
  }

  /** Where the next `packets` packets go; behind them `extra` bytes may be used for a while. */
  #reserve(packets: number, extra = 0): number {
    const at = this.#at;
    this.#at += packets * PACKET_BYTES;
    if (this.#at + extra > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.ceil((this.#at + extra) * 1.5));
      this.#buffer.copy(larger, 0, 0, at);
      this.#buffer = larger;
    }
    return at;
  }

  /** @param control adaptation field control and continuity counter */
  #header(at: number, pid: number, isStart: boolean, control: number): void {
    this.#buffer[at] = 0x47;
    this.#buffer[at + 1] = (isStart ? 0x40 : 0) | (pid >> 8);
    this.#buffer[at + 2] = pid & 0xff;
    this.#buffer[at + 3] = control;
  }

  /** `size` bytes of adaptation field in all, its length byte included. */
  #adaptation(at: number, size: number, flags: number, pcr: number | null): void {
    this.#buffer[at] = size - 1;
    if (size === 1) return;
    this.#buffer[at + 1] = flags;
    this.#buffer.fill(0xff, at + 2, at + size);
    if (pcr !== null) this.#clock(at + 2, pcr);
  }

  /** 33 bits of 90 kHz, 6 reserved, 9 bits of 27 MHz extension (§2.4.3.5). */
  #clock(at: number, pcr: number): void {
    const base = wrap(pcr);
    this.#buffer.writeUInt32BE(Math.floor(base / 2), at);
    this.#buffer[at + 4] = ((base % 2) << 7) | 0x7e;
    this.#buffer[at + 5] = 0;
  }
}

/** ISO/IEC 13818-1 §2.4.3.6. The length of video may be left open (0), that of audio may not. */
function pesHeader(unit: PesUnit): Buffer {
  const hasDts = unit.dts !== unit.pts;
  const header = Buffer.alloc(hasDts ? 19 : 14);
  const length = header.length - 6 + unit.payload.length;
  header.writeUInt32BE(0x100 + unit.streamId, 0);
  header.writeUInt16BE(length > 0xffff ? 0 : length, 4);
  header[6] = 0x84; // the payload begins with a start code or sync word
  header[7] = hasDts ? 0xc0 : 0x80;
  header[8] = hasDts ? 10 : 5;
  writeTime(header, 9, hasDts ? 3 : 2, unit.pts);
  if (hasDts) writeTime(header, 14, 1, unit.dts);
  return header;
}

function writeTime(bytes: Buffer, at: number, prefix: number, ticks: number): void {
  const time = wrap(ticks);
  bytes[at] = (prefix << 4) | ((Math.floor(time / 2 ** 30) & 7) << 1) | 1;
  bytes.writeUInt16BE((Math.floor(time / 2 ** 15) & 0x7fff) * 2 + 1, at + 1);
  bytes.writeUInt16BE((time % 2 ** 15) * 2 + 1, at + 3);
}

function wrap(ticks: number): number {
  return ((ticks % WRAP) + WRAP) % WRAP;
}
