import type { ByteSource } from '../../source/byte-source.ts';
import type { WorkBudget } from './work-budget.ts';

/** Forward reading with a small buffer, for walks that look at headers and jump over payloads. */
export class Window {
  readonly #source: Pick<ByteSource, 'read'>;
  readonly #windowBytes: number;
  readonly #signal: AbortSignal | undefined;
  readonly #bytesToRead: WorkBudget | undefined;
  #bytes: Uint8Array = new Uint8Array(0);
  #start = 0;

  /**
   * @param windowBytes How much is read at a time: little where payloads are jumped over, more where a request is dear.
   * @param bytesToRead What all reads together may come to.
   */
  constructor(
    source: Pick<ByteSource, 'read'>,
    windowBytes: number,
    signal?: AbortSignal,
    bytesToRead?: WorkBudget,
  ) {
    this.#source = source;
    this.#windowBytes = windowBytes;
    this.#signal = signal;
    this.#bytesToRead = bytesToRead;
  }

  /** At least `count` bytes from `offset` on; fewer only at the end of the file. A promise only when it must read. */
  at(offset: number, count: number): Uint8Array | Promise<Uint8Array> {
    return this.#peek(offset, count) ?? this.#fill(offset, count);
  }

  #peek(offset: number, count: number): Uint8Array | null {
    const from = offset - this.#start;
    return from >= 0 && from + count <= this.#bytes.length ? this.#bytes.subarray(from) : null;
  }

  async #fill(offset: number, count: number): Promise<Uint8Array> {
    this.#signal?.throwIfAborted();
    const wanted = Math.max(count, this.#windowBytes);
    this.#bytesToRead?.spend(wanted);
    this.#bytes = await this.#source.read(offset, offset + wanted, this.#signal);
    this.#start = offset;
    return this.#bytes;
  }
}
