import type { ByteRange } from '../source/range.ts';

/**
 * How urgently bytes are wanted: `now` somebody waits for them, `next` follow right after, `ahead` will be wanted if the film goes on
 * playing. What is in no band is not fetched.
 */
export type Band = 'now' | 'next' | 'ahead';
export const BANDS: readonly Band[] = ['now', 'next', 'ahead'];

/** Pieces `[from, end)` in one band. */
export interface PieceWant {
  from: number;
  end: number;
  band: Band;
}

/** Bytes of the torrent, in one band. */
export interface ByteWant extends ByteRange {
  band: Band;
}

/**
 * Pieces for byte ranges, most urgent first, within a band in the order given. A piece is named once, in its most urgent band: the
 * list is short, so comparing all with all is cheap.
 */
export function pieceWants(wants: readonly ByteWant[], pieceBytes: number): PieceWant[] {
  const result: PieceWant[] = [];
  for (const band of BANDS) {
    for (const want of wants) {
      if (want.band !== band || want.end <= want.start) continue;
      const from = Math.floor(want.start / pieceBytes);
      const end = Math.ceil(want.end / pieceBytes);
      for (const part of without({ start: from, end }, result)) {
        result.push({ from: part.start, end: part.end, band });
      }
    }
  }
  return result;
}

/** Whether two lists ask for the same. */
export function sameWants(a: readonly PieceWant[], b: readonly PieceWant[]): boolean {
  return (
    a.length === b.length &&
    a.every((want, i) => want.from === b[i]?.from && want.end === b[i]?.end && want.band === b[i]?.band)
  );
}

export function isWanted(wants: readonly PieceWant[], piece: number): boolean {
  return wants.some(({ from, end }) => from <= piece && piece < end);
}

/** The parts of a range that none of the wants covers. */
function without(range: ByteRange, wants: readonly PieceWant[]): ByteRange[] {
  return wants.reduce<ByteRange[]>(
    (parts, { from, end }) => parts.flatMap((part) => cut(part, from, end)),
    [range],
  );
}

function cut(part: ByteRange, from: number, end: number): ByteRange[] {
  if (from >= part.end || end <= part.start) return [part];
  return [
    { start: part.start, end: from },
    { start: end, end: part.end },
  ].filter((rest) => rest.end > rest.start);
}
