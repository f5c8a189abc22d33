/** A set of pieces, one bit each, most significant first as on the wire (BEP 3). */
export class PieceBits {
  readonly count: number;
  /** As it is kept and sent. */
  readonly bytes: Uint8Array;

  /** `bytes`: of an earlier one; taken over, not copied. */
  constructor(count: number, bytes: Uint8Array = new Uint8Array(PieceBits.lengthFor(count))) {
    this.count = count;
    this.bytes = bytes;
  }

  /** Bytes that so many pieces take. */
  static lengthFor(count: number): number {
    return Math.ceil(count / 8);
  }

  has(piece: number): boolean {
    return ((this.bytes[piece >> 3] ?? 0) & (0x80 >> (piece & 7))) !== 0;
  }

  add(piece: number): void {
    this.bytes[piece >> 3] = (this.bytes[piece >> 3] ?? 0) | (0x80 >> (piece & 7));
  }

  delete(piece: number): void {
    this.bytes[piece >> 3] = (this.bytes[piece >> 3] ?? 0) & ~(0x80 >> (piece & 7));
  }

  clone(): PieceBits {
    return new PieceBits(this.count, this.bytes.slice());
  }

  *[Symbol.iterator](): Generator<number, void, undefined> {
    for (let piece = 0; piece < this.count; piece += 1) if (this.has(piece)) yield piece;
  }
}
