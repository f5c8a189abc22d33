import { readVint } from '../../probe/container-index/ebml.ts';

/**
 * The frames of a block (RFC 9559 §10.3).
 *
 * @param data what follows the block's header
 * @returns null when the lace contradicts itself: the block is damaged
 */
export function unlace(data: Uint8Array, lacing: 'none' | 'xiph' | 'fixed' | 'ebml'): Uint8Array[] | null {
  if (lacing === 'none') return [data];
  if (data.length === 0) return null;
  const count = (data[0] ?? 0) + 1;
  if (lacing === 'fixed') {
    const size = (data.length - 1) / count;
    return Number.isInteger(size) ? cut(data, 1, new Array<number>(count - 1).fill(size)) : null;
  }
  const head = lacing === 'xiph' ? xiphSizes(data, count - 1) : ebmlSizes(data, count - 1);
  return head && cut(data, head.end, head.sizes);
}

interface LaceHead {
  /** Of all frames but the last, which takes the rest. */
  sizes: number[];
  end: number;
}

/** Each size is a run of 255s and one smaller byte, summed. */
function xiphSizes(data: Uint8Array, count: number): LaceHead | null {
  const sizes: number[] = [];
  let at = 1;
  while (sizes.length < count) {
    let size = 0;
    let byte = 255;
    while (byte === 255) {
      if (at >= data.length) return null;
      byte = data[at++] ?? 0;
      size += byte;
    }
    sizes.push(size);
  }
  return { sizes, end: at };
}

/** The first size is a plain variable-size integer, each further one a signed difference whose zero lies in the middle of its range. */
function ebmlSizes(data: Uint8Array, count: number): LaceHead | null {
  const sizes: number[] = [];
  let at = 1;
  let size = 0;
  while (sizes.length < count) {
    const vint = readVint(data, at);
    if (typeof vint === 'string') return null;
    const middle = 2 ** (7 * vint.length - 1) - 1;
    // All ones is "unknown" for an element, but here simply the largest difference.
    const value = vint.value ?? 2 ** (7 * vint.length) - 1;
    size = sizes.length === 0 ? value : size + value - middle;
    if (size < 0) return null;
    sizes.push(size);
    at += vint.length;
  }
  return { sizes, end: at };
}

function cut(data: Uint8Array, start: number, sizes: readonly number[]): Uint8Array[] | null {
  const frames: Uint8Array[] = [];
  let at = start;
  for (const size of sizes) {
    if (at + size > data.length) return null;
    frames.push(data.subarray(at, at + size));
    at += size;
  }
  frames.push(data.subarray(at));
  return frames;
}
