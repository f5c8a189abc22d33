import type { Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import path from 'node:path';
import { RaffiError } from '../errors.ts';
import { SingleFlight } from '../single-flight.ts';
import type { ByteSource, SourceInfo, SourceStats } from './byte-source.ts';
import { fileSurroundings } from './file-surroundings.ts';
import { SpareMemory } from './spare-memory.ts';
import type { LookedFor, Surroundings } from './surroundings.ts';

const PIECE_BYTES = 1024 * 1024;
/** Given back and kept for the next reads, at most. */
const SPARE_BYTES = 4 * PIECE_BYTES;

/** A file of this computer, read in place: the operating system's cache is all it needs. */
export class FileSource implements ByteSource {
  readonly #path: string;
  readonly #opening = new SingleFlight<SourceInfo>();
  readonly #pending = new Set<Promise<unknown>>();
  readonly #stats: SourceStats = { requests: 0, fetchedBytes: 0, cachedBytes: 0, servedBytes: 0, retries: 0 };
  readonly #memory = new SpareMemory(PIECE_BYTES, SPARE_BYTES);
  #file: { handle: FileHandle; info: SourceInfo; modifiedMs: number } | undefined;
  #closing: Promise<void> | undefined;

  /** Throws `source_missing` or `source_refused` when `filePath` is not an absolute path. */
  constructor(filePath: string) {
    if (filePath === '') throw new RaffiError('source_missing', 'No file was given.');
    if (!path.isAbsolute(filePath) || filePath.includes('\0')) {
      throw new RaffiError('source_refused', 'A file has to be named by its full path.');
    }
    this.#path = filePath;
  }

  async open(signal?: AbortSignal): Promise<SourceInfo> {
    signal?.throwIfAborted();
    if (this.#closing) throw closed();
    return this.#file?.info ?? this.#opening.run('open', () => this.#track(this.#open()), signal);
  }

  async read(start: number, end: number, signal?: AbortSignal): Promise<Uint8Array> {
    const { sizeBytes } = await this.open(signal);
    const from = Math.max(0, start);
    const to = Math.min(end, sizeBytes);
    if (to <= from) return new Uint8Array(0);
    const bytes = await this.#readExactly(from, to);
    signal?.throwIfAborted();
    this.#stats.servedBytes += bytes.length;
    return bytes;
  }

  async *stream(
    start: number,
    end: number,
    signal?: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const { sizeBytes } = await this.open(signal);
    const to = Math.min(end, sizeBytes);
    let position = Math.max(0, start);
    if (position >= to) return;
    // One piece is read ahead, so that the disk works while the reader does.
    let next = this.#readPiece(position, to);
    try {
      while (position < to) {
        const bytes = await next;
        signal?.throwIfAborted();
        position += bytes.length;
        if (position < to) next = this.#readPiece(position, to);
        this.#stats.servedBytes += bytes.length;
        yield bytes;
      }
    } finally {
      // A reader that leaves early is not interested in how the piece ahead ended.
      next.catch(() => {});
    }
  }

  reuse(piece: Uint8Array): void {
    this.#memory.giveBack(piece);
  }

  /** The operating system reads ahead by itself. */
  prefetch(): void {}

  /** Nothing of a file is ever evicted. */
  pin(): void {}

  surroundings(lookedFor: LookedFor, signal: AbortSignal): Promise<Surroundings> {
    return this.#track(fileSurroundings(this.#path, lookedFor, signal));
  }

  stats(): SourceStats {
    return { ...this.#stats };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #open(): Promise<SourceInfo> {
    const name = path.basename(this.#path);
    try {
      // Asked before opening: opening a pipe would block until somebody writes to it.
      requireFile(await stat(this.#path), name);
      const handle = await open(this.#path, 'r');
      try {
        const stats = requireFile(await handle.stat(), name);
        if (this.#closing) throw closed();
        const info = { sizeBytes: stats.size, name, contentType: null };
        this.#file = { handle, info, modifiedMs: stats.mtimeMs };
        return info;
      } catch (error) {
        await handle.close();
        throw error;
      }
    } catch (error) {
      throw fileError(error, name);
    }
  }

  #readPiece(start: number, end: number): Promise<Uint8Array> {
    const piece = this.#readExactly(start, Math.min(end, start + PIECE_BYTES));
    // Awaited later, by the stream; until then a failure is nobody's unhandled rejection.
    piece.catch(() => {});
    return piece;
  }

  #readExactly(start: number, end: number): Promise<Uint8Array> {
    const file = this.#file;
    if (this.#closing || !file) return Promise.reject(closed());
    return this.#track(this.#pread(file.handle, start, end));
  }

  async #pread(handle: FileHandle, start: number, end: number): Promise<Uint8Array> {
    const bytes = this.#memory.take(end - start);
    let filled = 0;
    try {
      while (filled < bytes.length) {
        this.#stats.requests += 1;
        const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, start + filled);
        if (bytesRead === 0) throw changed(this.#path);
        filled += bytesRead;
      }
      await this.#checkUnchanged(handle);
    } catch (error) {
      throw this.#closing ? closed() : fileError(error, path.basename(this.#path));
    }
    this.#stats.fetchedBytes += filled;
    return bytes;
  }

  /** Asked after reading: what was read before the file changed is good. */
  async #checkUnchanged(handle: FileHandle): Promise<void> {
    const now = await handle.stat();
    if (now.size !== this.#file?.info.sizeBytes || now.mtimeMs !== this.#file.modifiedMs)
      throw changed(this.#path);
  }

  #track<T>(work: Promise<T>): Promise<T> {
    const done = () => this.#pending.delete(work);
    this.#pending.add(work);
    work.then(done, done);
    return work;
  }

  async #close(): Promise<void> {
    await Promise.allSettled(this.#pending);
    await this.#file?.handle.close();
  }
}

function requireFile(stats: Stats, name: string): Stats {
  if (stats.isFile()) return stats;
  const what = stats.isDirectory() ? 'a folder' : 'not a regular file';
  throw new RaffiError('source_refused', `"${name}" is ${what}. Choose a film's file.`);
}

function fileError(error: unknown, name: string): RaffiError {
  if (error instanceof RaffiError) return error;
  const { code } = error as NodeJS.ErrnoException;
  const options = { cause: error, data: { reason: code ?? 'UNKNOWN' } };
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new RaffiError(
      'source_not_found',
      `There is no file "${name}" any more. Check whether it was moved or its disk taken out.`,
      options,
    );
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new RaffiError(
      'source_forbidden',
      `This user may not read "${name}". Change its permissions.`,
      options,
    );
  }
  return new RaffiError(
    'source_failed',
    `"${name}" cannot be read (${code ?? 'unknown error'}). Check the disk it lies on.`,
    options,
  );
}

function changed(filePath: string): RaffiError {
  return new RaffiError(
    'source_changed',
    `"${path.basename(filePath)}" changed while it was read. Open it again.`,
  );
}

function closed(): RaffiError {
  return new RaffiError('aborted', 'The source was closed.');
}
