import type { ByteRange } from '../source/range.ts';
import { bytesHere, type PiecesHere } from './missing-pieces.ts';

/** How much of a stretch of film is here. */
export interface BandProgress {
  haveBytes: number;
  totalBytes: number;
}

/** `rest` is all of the file that is in no other band, whether it is fetched or not. */
export type ProgressBand = 'now' | 'next' | 'ahead' | 'rest';

/** How far a file of a torrent is for who plays it. */
export interface FileProgress {
  bands: Record<ProgressBand, BandProgress>;
  /** Bytes that have to come before the next second of it can be played; null where nobody has read of it. */
  lackingBytes: number | null;
}

/** Which pieces are here, and how much of those that are not. */
export interface PiecesComing extends PiecesHere {
  unfinishedBytes: (piece: number) => number;
}

/** How much of a band's bytes is here. */
export function bandProgress(ranges: readonly ByteRange[], here: PiecesHere): BandProgress {
  const sum = (bytesOf: (range: ByteRange) => number) =>
    ranges.reduce((all, range) => all + bytesOf(range), 0);
  return {
    haveBytes: sum((range) => bytesHere(range, here)),
    totalBytes: sum(({ start, end }) => Math.max(0, end - start)),
  };
}

/** What is missing of the pieces that hold any of these bytes: a piece is of use only when it is whole. */
export function lackingBytes(ranges: readonly ByteRange[], coming: PiecesComing): number {
  const { pieceBytes, has, unfinishedBytes } = coming;
  const pieces = new Set<number>();
  for (const { start, end } of ranges) {
    for (let piece = Math.floor(start / pieceBytes); piece * pieceBytes < end; piece += 1) pieces.add(piece);
  }
  let bytes = 0;
  for (const piece of pieces) if (!has(piece)) bytes += Math.max(0, pieceBytes - unfinishedBytes(piece));
  return bytes;
}
