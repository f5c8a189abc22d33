/** Half-open: bytes `start` to `end - 1`. Never empty, never beyond the size it was parsed for. */
export interface ByteRange {
  start: number;
  end: number;
}

/**
 * What a `Range` header asks of a representation of `sizeBytes` bytes (RFC 9110 §14.1.2, §14.2).
 *
 * - a range: answer 206 with `contentRange`.
 * - `'unsatisfiable'`: answer 416 with `unsatisfiedRange`.
 * - `'ignore'`: answer 200 with everything. That is the RFC's way with no header, another unit, a malformed or inverted
 *   range, and, as a server may choose, with several ranges at once: no player of ours needs multipart/byteranges.
 */
export function parseRange(
  header: string | null | undefined,
  sizeBytes: number,
): ByteRange | 'unsatisfiable' | 'ignore' {
  const set = /^bytes=(.*)$/i.exec(header?.trim() ?? '')?.[1];
  if (set === undefined) return 'ignore';
  // A list may hold empty elements and white space (§5.6.1).
  const specs = set
    .split(',')
    .map((spec) => spec.replace(/^[ \t]+|[ \t]+$/g, ''))
    .filter(Boolean);
  const [spec] = specs;
  if (spec === undefined || specs.length > 1) return 'ignore';
  const match = /^(\d*)-(\d*)$/.exec(spec);
  const [, first = '', last = ''] = match ?? [];
  if (first === '' && last === '') return 'ignore';
  return first === '' ? suffix(Number(last), sizeBytes) : interval(Number(first), last, sizeBytes);
}

/** The `Content-Range` of a 206 (§14.4). */
export function contentRange({ start, end }: ByteRange, sizeBytes: number): string {
  return `bytes ${start}-${end - 1}/${sizeBytes}`;
}

/** The `Content-Range` of a 416. */
export function unsatisfiedRange(sizeBytes: number): string {
  return `bytes */${sizeBytes}`;
}

function interval(start: number, last: string, sizeBytes: number): ByteRange | 'unsatisfiable' | 'ignore' {
  const lastByte = last === '' ? Number.POSITIVE_INFINITY : Number(last);
  if (lastByte < start) return 'ignore';
  if (start >= sizeBytes) return 'unsatisfiable';
  return { start, end: Math.min(lastByte + 1, sizeBytes) };
}

function suffix(length: number, sizeBytes: number): ByteRange | 'unsatisfiable' | 'ignore' {
  if (length === 0) return 'unsatisfiable';
  // Any other suffix of nothing is satisfiable, but no Content-Range can express it: a plain 200.
  if (sizeBytes === 0) return 'ignore';
  return { start: Math.max(0, sizeBytes - length), end: sizeBytes };
}
