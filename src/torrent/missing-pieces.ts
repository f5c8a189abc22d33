import type { ByteRange } from '../source/range.ts';

/** Which pieces of a torrent are here. */
export interface PiecesHere {
  pieceBytes: number;
  has: (piece: number) => boolean;
}

/** What is looked at in one go: a torrent may have hundreds of thousands of pieces, and is looked at with each that arrives. */
const MOST_PIECES = 16_384;
/** Runs of pieces that are told of at most: lists of what is wanted are compared all with all. */
const MOST_RANGES = 8;

/**
 * Finds what is missing of a stretch of a torrent that is gone over again and again. What was here the last time is not looked at anew, nor
 * fetched again if it was given up since: a cache that is too small must not be filled in circles.
 */
export class MissingPieces {
  readonly #here: PiecesHere;
  /** Pieces `[from, end)` are known to be here. */
  #from = 0;
  #end = 0;

  constructor(here: PiecesHere) {
    this.#here = here;
  }

  /** Whole pieces that are missing of bytes `[start, end)` of the torrent: the first ones, of at most `maxBytes` (the last may reach beyond). */
  within({ start, end }: ByteRange, maxBytes: number): ByteRange[] {
    const { pieceBytes, has } = this.#here;
    const missing: ByteRange[] = [];
    let left = maxBytes;
    const first = this.#skip(Math.floor(start / pieceBytes));
    const last = Math.min(Math.ceil(end / pieceBytes), first + MOST_PIECES);
    for (let piece = first; piece < last && left >= pieceBytes; piece += 1) {
      if (has(piece)) {
        if (missing.length === 0) this.#end = piece + 1;
        continue;
      }
      left -= pieceBytes;
      const before = missing.at(-1);
      const range = { start: piece * pieceBytes, end: (piece + 1) * pieceBytes };
      if (before?.end === range.start) before.end = range.end;
      else if (missing.length < MOST_RANGES) missing.push(range);
      else break;
    }
    return missing;
  }

  /** Whether nothing of bytes `[start, end)` is missing. */
  isNone(range: ByteRange): boolean {
    return this.within(range, this.#here.pieceBytes).length === 0;
  }

  /** Where looking begins for a stretch that begins with a piece. */
  #skip(piece: number): number {
    if (piece < this.#from || piece > this.#end) this.#end = piece;
    this.#from = piece;
    return this.#end;
  }
}

/** How much of bytes `[start, end)` of the torrent is here. */
export function bytesHere({ start, end }: ByteRange, { pieceBytes, has }: PiecesHere): number {
  let bytes = 0;
  for (let piece = Math.floor(start / pieceBytes); piece * pieceBytes < end; piece += 1) {
    if (has(piece)) bytes += Math.min(end, (piece + 1) * pieceBytes) - Math.max(start, piece * pieceBytes);
  }
  return bytes;
}
