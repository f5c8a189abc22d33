import path from 'node:path';
import type { TorrentLayout } from './metainfo.ts';

/**
 * Pieces lie in numbered files of several megabytes each, so that giving up some frees disk space on every system, and so that nothing
 * a torrent says names a file. Small pieces share one, in order; a large piece has its own.
 */
const FILE_BYTES = 4 * 1024 * 1024;

export class PieceFiles {
  readonly #folder: string;
  readonly #pieceBytes: number;
  readonly #sizeBytes: number;
  /** Pieces in one file. */
  readonly perFile: number;

  constructor(folder: string, { pieceBytes, sizeBytes }: Pick<TorrentLayout, 'pieceBytes' | 'sizeBytes'>) {
    this.#folder = folder;
    this.#pieceBytes = pieceBytes;
    this.#sizeBytes = sizeBytes;
    this.perFile = Math.max(1, Math.floor(FILE_BYTES / pieceBytes));
  }

  /** The number of the file that holds a piece. */
  numberOf(piece: number): number {
    return Math.floor(piece / this.perFile);
  }

  pathOf(number: number): string {
    return path.join(this.#folder, `${number}.pieces`);
  }

  /** Where a piece begins in its file, bytes. */
  offsetOf(piece: number): number {
    return (piece % this.perFile) * this.#pieceBytes;
  }

  /** Bytes of a piece: the last one may be shorter. */
  lengthOf(piece: number): number {
    return Math.min(this.#pieceBytes, this.#sizeBytes - piece * this.#pieceBytes);
  }
}
