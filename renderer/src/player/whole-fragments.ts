const HEADER_BYTES = 8;
const MDAT = 0x6d646174;

/**
 * Gathers what arrives of a segment until a fragment of it is whole, which is with its `mdat` (ISO/IEC 14496-12 §8.1.1). hls.js would copy all of an
 * unfinished one again for each piece that comes.
 */
export class WholeFragments {
  #pieces: Uint8Array[] = [];
  #size = 0;
  /** So many bytes it takes until something more can be told. */
  #needed = HEADER_BYTES;

  /** The next bytes → all fragments that are whole by now; null when none is. */
  push(bytes: Uint8Array): Uint8Array<ArrayBuffer> | null {
    this.#pieces.push(bytes);
    this.#size += bytes.length;
    if (this.#size < this.#needed) return null;
    const all = this.rest();
    const { wholeBytes, neededBytes } = measure(new DataView(all.buffer));
    const left = all.subarray(wholeBytes);
    this.#pieces = [left];
    this.#size = left.length;
    this.#needed = neededBytes - wholeBytes;
    return wholeBytes > 0 ? all.slice(0, wholeBytes) : null;
  }

  /** What is there beyond the last whole one. */
  rest(): Uint8Array<ArrayBuffer> {
    const all = new Uint8Array(this.#size);
    let at = 0;
    for (const piece of this.#pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }
}

/** Where the last whole `mdat` ends, and how many bytes show the end of the next box. */
function measure(view: DataView): { wholeBytes: number; neededBytes: number } {
  let wholeBytes = 0;
  let at = 0;
  while (at + HEADER_BYTES <= view.byteLength) {
    const end = at + Math.max(HEADER_BYTES, view.getUint32(at));
    if (end > view.byteLength) return { wholeBytes, neededBytes: end };
    if (view.getUint32(at + 4) === MDAT) wholeBytes = end;
    at = end;
  }
  return { wholeBytes, neededBytes: at + HEADER_BYTES };
}
