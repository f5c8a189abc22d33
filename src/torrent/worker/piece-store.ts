import { mkdir } from 'node:fs/promises';
import type { ChunkStore } from 'webtorrent';
import { FilePool } from '../../source/range-cache/file-pool.ts';
import { writeAll } from '../../source/range-cache/write-behind.ts';
import { PieceFiles } from '../piece-files.ts';

/** What webtorrent hands to a store's constructor: the options that it was told to pass on, and the torrent's length. */
interface StoreOptions {
  folder: string;
  /** The store is made by webtorrent, once the length of pieces is known. */
  made: (store: PieceStore) => void;
  length: number;
}

/** A torrent's verified pieces on disk, behind webtorrent's interface of stores. */
export class PieceStore implements ChunkStore {
  readonly #files: PieceFiles;
  readonly #pool = new FilePool();
  readonly #folder: Promise<unknown>;

  constructor(pieceBytes: number, { folder, length, made }: StoreOptions) {
    this.#files = new PieceFiles(folder, { pieceBytes, sizeBytes: length });
    this.#folder = mkdir(folder, { recursive: true, mode: 0o700 });
    this.#folder.catch(() => {}); // heard by the first write
    made(this);
  }

  put(index: number, bytes: Uint8Array, done: (error?: Error | null) => void): void {
    this.write(index, bytes).then(() => done(null), done);
  }

  async write(index: number, bytes: Uint8Array): Promise<void> {
    await this.#folder;
    await this.#pool.use(this.#pathOf(index), (handle) =>
      writeAll(handle, [bytes], this.#files.offsetOf(index)),
    );
  }

  /** A whole piece. */
  read(index: number): Promise<Uint8Array> {
    return this.#read(index, 0, this.#files.lengthOf(index));
  }

  get(
    index: number,
    options: { offset?: number; length?: number } | null,
    done: (error: Error | null, bytes?: Uint8Array) => void,
  ): void {
    const start = options?.offset ?? 0;
    this.#read(index, start, options?.length ?? this.#files.lengthOf(index) - start).then(
      (bytes) => done(null, bytes),
      done,
    );
  }

  /** Deletes the file that holds `piece`, and all pieces in it. */
  discard(piece: number): void {
    this.#pool.discard(this.#pathOf(piece));
  }

  close(done: (error?: Error | null) => void): void {
    this.#pool.close().then(() => done(null), done);
  }

  /** The core removes the folder as a whole, once nobody reads from it. */
  destroy(done: (error?: Error | null) => void): void {
    this.close(done);
  }

  async #read(index: number, start: number, length: number): Promise<Uint8Array> {
    const inPiece = start >= 0 && length > 0 && start + length <= this.#files.lengthOf(index);
    if (!inPiece) throw new RangeError('beyond the piece');
    const bytes = new Uint8Array(length);
    const offset = this.#files.offsetOf(index) + start;
    await this.#pool.use(this.#pathOf(index), async (handle) => {
      const { bytesRead } = await handle.read(bytes, 0, length, offset);
      if (bytesRead < length) throw new RangeError('the piece is not there');
    });
    return bytes;
  }

  #pathOf(index: number): string {
    return this.#files.pathOf(this.#files.numberOf(index));
  }
}
