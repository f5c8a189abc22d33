import type { ByteSource } from '../../../source/byte-source.ts';

/** A source of any size of which only some parts hold bytes (the rest reads as zeros), with a log of what was fetched. */
export interface SparseSource extends ByteSource {
  /** What an origin would have been asked for: a byte is fetched once. */
  readonly fetched: { start: number; end: number }[];
}

export function sparseSource(sizeBytes: number, parts: { at: number; bytes: Uint8Array }[]): SparseSource {
  const fetched: { start: number; end: number }[] = [];
  const fetch = (start: number, end: number) => {
    // As the range cache does: one request for the hull of what is missing.
    let from = start;
    let to = end;
    for (const known of fetched) {
      if (known.start <= from && from < known.end) from = Math.min(known.end, to);
      if (known.start < to && to <= known.end) to = Math.max(known.start, from);
    }
    if (from < to) fetched.push({ start: from, end: to });
  };
  const bytesOf = (start: number, end: number) => {
    const result = new Uint8Array(end - start);
    for (const { at, bytes } of parts) {
      const from = Math.max(start, at);
      const to = Math.min(end, at + bytes.length);
      if (from < to) result.set(bytes.subarray(from - at, to - at), from - start);
    }
    return result;
  };
  const read = (start: number, end: number) => {
    const to = Math.min(end, sizeBytes);
    if (start >= to) return new Uint8Array(0);
    fetch(start, to);
    return bytesOf(start, to);
  };
  return {
    fetched,
    open: async () => ({ sizeBytes, name: 'film', contentType: null }),
    read: async (start, end, signal) => {
      signal?.throwIfAborted();
      return read(start, end);
    },
    async *stream(start, end) {
      yield read(start, end);
    },
    prefetch() {},
    pin() {},
    stats: () => ({ requests: fetched.length, fetchedBytes: 0, cachedBytes: 0, servedBytes: 0, retries: 0 }),
    close: async () => {},
  };
}

/** A file in memory. */
export function memorySource(bytes: Uint8Array): SparseSource {
  return sparseSource(bytes.length, [{ at: 0, bytes }]);
}
