import type { ByteRange } from '../source/range.ts';
import { RangeSet } from '../source/range-set.ts';

/**
 * How urgently bytes are wanted: `now` somebody waits for them, `next` follow right after, `ahead` will be wanted if the film goes on
 * playing. `rest` was asked for, whenever it comes. `warm` nobody asked for: it keeps peers at work, a little at a time. What is in no band
 * is not fetched.
 */
export type Band = 'now' | 'next' | 'ahead' | 'rest' | 'warm';
export const BANDS: readonly Band[] = ['now', 'next', 'ahead', 'rest', 'warm'];
/** What a viewer may need: anything else yields to whoever waits. */
export const VIEWED: ReadonlySet<Band> = new Set<Band>(['now', 'next', 'ahead']);

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
      const unnamed = new RangeSet();
      unnamed.add(Math.floor(want.start / pieceBytes), Math.ceil(want.end / pieceBytes));
      for (const { from, end } of result) unnamed.remove(from, end);
      for (const [from, end] of unnamed) result.push({ from, end, band });
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

/** Whether somebody waits for this piece. */
export function isWaitedFor(wants: readonly PieceWant[], piece: number): boolean {
  return wants.some(({ from, end, band }) => band === 'now' && from <= piece && piece < end);
}

/** Whether any piece of `[from, end)` is wanted. */
export function isWanted(wants: readonly PieceWant[], from: number, end = from + 1): boolean {
  return wants.some((want) => want.from < end && from < want.end);
}
