/**
 * Bytes in order, in as many pieces as they happen to lie in memory. A segment's frames are views of what the source has read: putting them
 * into one array would copy each segment once more, and large arrays are what fragments the heap (40 Mb/s make segments of 20 MB).
 */
export type ByteParts = readonly Uint8Array[];

/** Bytes of which a part is there and the rest is being made. */
export interface GrowingParts {
  parts: ByteParts;
  /** What follows, as it is made; absent when `parts` are all. Whoever does not read it to its end must `return` it. */
  rest?: AsyncIterable<ByteParts> | null;
}

/** Bytes in all. */
export function sizeOf(parts: ByteParts): number {
  return parts.reduce((sum, part) => sum + part.byteLength, 0);
}

/** The parts of `[start, end)`, without copying. */
export function sliceParts(parts: ByteParts, start: number, end: number): ByteParts {
  const slice: Uint8Array[] = [];
  let at = 0;
  for (const part of parts) {
    const from = Math.max(0, start - at);
    const to = Math.min(part.byteLength, end - at);
    if (from < to) slice.push(part.subarray(from, to));
    at += part.byteLength;
  }
  return slice;
}

/** All of it. Rejects with what making the rest rejects with. */
export async function wholeOf({ parts, rest }: GrowingParts): Promise<ByteParts> {
  const all = [...parts];
  if (rest) for await (const piece of rest) all.push(...piece);
  return all;
}
