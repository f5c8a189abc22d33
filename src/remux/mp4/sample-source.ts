import { RaffiError } from '../../errors.ts';
import type { ByteSource } from '../../source/byte-source.ts';
import { SpanWindow } from './span-window.ts';

/** Outside of any window bytes are read in pages: headers and stray samples lie near each other. */
const PAGE_BYTES = 64 << 10;
const KEPT_PAGES = 32;

/** Where mediabunny's reads go: to the windows of the spans being read, else to the source by page. */
export class SampleSource {
  readonly #source: ByteSource;
  readonly #fileBytes: number;
  #appendix: Uint8Array = new Uint8Array(0);
  readonly #windows = new Map<SpanWindow, number>();
  readonly #pages = new Map<number, Promise<Uint8Array>>();
  readonly #closing = new AbortController();

  constructor(source: ByteSource, sizeBytes: number) {
    this.#source = source;
    this.#fileBytes = sizeBytes;
  }

  /** Bytes of the file and of what was appended to it. */
  get sizeBytes(): number {
    return this.#fileBytes + this.#appendix.length;
  }

  /** Makes the file look as if these bytes stood at its end. */
  append(bytes: Uint8Array): void {
    this.#appendix = bytes;
  }

  /** Opens a window, or joins one that begins at the same place. Returns what closes it again. */
  open(start: number, end: number): () => void {
    const limit = Math.min(end, this.#fileBytes);
    let window = [...this.#windows.keys()].find((known) => known.start === start);
    if (window) window.extendTo(limit);
    else window = new SpanWindow(this.#source, start, limit);
    const opened = window;
    this.#windows.set(opened, (this.#windows.get(opened) ?? 0) + 1);
    return () => {
      const readers = (this.#windows.get(opened) ?? 1) - 1;
      if (readers > 0) this.#windows.set(opened, readers);
      else if (this.#windows.delete(opened))
        opened.close(new RaffiError('aborted', 'The read is no longer needed.'));
    };
  }

  /** Exactly `[start, end)`. */
  async read(start: number, end: number): Promise<Uint8Array> {
    if (end > this.#fileBytes) {
      const head = start < this.#fileBytes ? await this.read(start, this.#fileBytes) : new Uint8Array(0);
      const from = Math.max(0, start - this.#fileBytes);
      return Buffer.concat([head, this.#appendix.subarray(from, end - this.#fileBytes)]);
    }
    for (const window of this.#windows.keys()) {
      if (!window.holds(start, end)) continue;
      try {
        return await window.read(start, end);
      } catch (error) {
        // mediabunny does not say for whom it reads: whoever opened this window is done, but another span may want these bytes.
        if (window.isClosed && this.#windows.size > 0) return this.read(start, end);
        throw error;
      }
    }
    const first = Math.floor(start / PAGE_BYTES);
    const last = Math.floor((end - 1) / PAGE_BYTES);
    if (last - first >= KEPT_PAGES / 2) return this.#source.read(start, end, this.#closing.signal);
    const pages = await Promise.all(
      Array.from({ length: last - first + 1 }, (_, i) => this.#page(first + i)),
    );
    const [only] = pages;
    const bytes = pages.length === 1 && only ? only : Buffer.concat(pages);
    return bytes.subarray(start - first * PAGE_BYTES, end - first * PAGE_BYTES);
  }

  close(): void {
    const reason = new RaffiError('aborted', 'The film was closed.');
    this.#closing.abort(reason);
    for (const window of this.#windows.keys()) window.close(reason);
    this.#windows.clear();
    this.#pages.clear();
  }

  #page(number: number): Promise<Uint8Array> {
    const known = this.#pages.get(number);
    if (known) {
      this.#pages.delete(number);
      this.#pages.set(number, known);
      return known;
    }
    const start = number * PAGE_BYTES;
    const page = this.#source.read(
      start,
      Math.min(start + PAGE_BYTES, this.#fileBytes),
      this.#closing.signal,
    );
    this.#pages.set(number, page);
    page.catch(() => this.#pages.delete(number));
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= KEPT_PAGES) break;
      this.#pages.delete(oldest);
    }
    return page;
  }
}
