/** ISO base media boxes (ISO/IEC 14496-12 §4.2). Pure functions on bytes that may come from anywhere; none of them throws. */
export interface Box {
  /** Four characters. */
  type: string;
  /** Index in the buffer at which its header begins. */
  start: number;
  /** Where its payload begins. */
  dataStart: number;
  /** Where it ends; null when it reaches to the end of the file (size 0). May lie beyond the buffer. */
  end: number | null;
}

/** No box header that we read is longer (a `uuid` box's extended type counts as payload). */
export const MAX_BOX_HEADER_BYTES = 16;

/** The box header at `position`; null when the buffer ends in it or no box can begin like that. */
export function readBox(bytes: Uint8Array, position: number): Box | null {
  if (position < 0 || position + 8 > bytes.length) return null;
  const view = viewOf(bytes);
  const short = view.getUint32(position);
  const type = String.fromCharCode(...bytes.subarray(position + 4, position + 8));
  if (!/^[\x20-\x7e\xa9]{4}$/.test(type)) return null;
  if (short === 0) return { type, start: position, dataStart: position + 8, end: null };
  if (short !== 1) {
    return short < 8 ? null : { type, start: position, dataStart: position + 8, end: position + short };
  }
  if (position + 16 > bytes.length) return null;
  const size = Number(view.getBigUint64(position + 8));
  if (size < 16 || !Number.isSafeInteger(size)) return null;
  return { type, start: position, dataStart: position + 16, end: position + size };
}

/** The boxes that lie whole in `[start, end)`, in order; ends quietly at the first that does not. */
export function* boxes(bytes: Uint8Array, start: number, end: number): Generator<Box & { end: number }> {
  const limit = Math.min(end, bytes.length);
  let position = start;
  while (position < limit) {
    const box = readBox(bytes, position);
    if (!box) return;
    const boxEnd = box.end ?? limit;
    if (boxEnd > limit) return;
    yield { ...box, end: boxEnd };
    position = boxEnd;
  }
}

/** A descendant by the types on the way to it; the first of each. */
export function descendant(
  bytes: Uint8Array,
  parent: { dataStart: number; end: number },
  ...path: string[]
): FullBox | null {
  const [type, ...rest] = path;
  for (const box of boxes(bytes, parent.dataStart, parent.end)) {
    if (box.type === type)
      return rest.length === 0 ? new FullBox(bytes, box) : descendant(bytes, box, ...rest);
  }
  return null;
}

/** A box's payload with bounds-checked big-endian reads: beyond its end everything is 0. */
export class FullBox {
  readonly dataStart: number;
  readonly end: number;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, box: { dataStart: number; end: number }) {
    this.dataStart = box.dataStart;
    this.end = Math.min(box.end, bytes.length);
    this.#view = viewOf(bytes);
  }

  /** Payload bytes. */
  get size(): number {
    return Math.max(0, this.end - this.dataStart);
  }

  /** Version of a full box. */
  get version(): number {
    return this.u8(0);
  }

  get flags(): number {
    return this.u32(0) & 0xffffff;
  }

  u8(at: number): number {
    return this.#has(at, 1) ? this.#view.getUint8(this.dataStart + at) : 0;
  }

  u16(at: number): number {
    return this.#has(at, 2) ? this.#view.getUint16(this.dataStart + at) : 0;
  }

  u32(at: number): number {
    return this.#has(at, 4) ? this.#view.getUint32(this.dataStart + at) : 0;
  }

  i32(at: number): number {
    return this.#has(at, 4) ? this.#view.getInt32(this.dataStart + at) : 0;
  }

  /** Above 2^53 the low bits are rounded: no time or offset is that large. */
  u64(at: number): number {
    return this.#has(at, 8) ? Number(this.#view.getBigUint64(this.dataStart + at)) : 0;
  }

  i64(at: number): number {
    return this.#has(at, 8) ? Number(this.#view.getBigInt64(this.dataStart + at)) : 0;
  }

  fourCharacters(at: number): string {
    return String.fromCharCode(this.u8(at), this.u8(at + 1), this.u8(at + 2), this.u8(at + 3));
  }

  /** An entry count, cut to what the box has room for: nothing may be allocated or looped over by a claim alone. */
  count(at: number, firstEntry: number, entryBytes: number): number {
    return Math.min(this.u32(at), Math.max(0, Math.floor((this.size - firstEntry) / entryBytes)));
  }

  #has(at: number, length: number): boolean {
    return at >= 0 && this.dataStart + at + length <= this.end;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
