/** Keeps the first bytes of an output, up to a limit. */
export class HeadBuffer {
  readonly #limit: number;
  readonly #chunks: Uint8Array[] = [];
  #length = 0;
  overflowed = false;

  constructor(limitBytes: number) {
    this.#limit = limitBytes;
  }

  /** False when the limit is passed. */
  push(chunk: Uint8Array): boolean {
    const room = this.#limit - this.#length;
    if (chunk.length > room) this.overflowed = true;
    if (room > 0) this.#chunks.push(chunk.subarray(0, room));
    this.#length += Math.min(chunk.length, room);
    return !this.overflowed;
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}

/** Keeps the last bytes of an output, up to a limit. */
export class TailBuffer {
  readonly #limit: number;
  #chunks: Uint8Array[] = [];
  #length = 0;

  constructor(limitBytes: number) {
    this.#limit = limitBytes;
  }

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length < 2 * this.#limit) return; // joined seldom, so that many small writes are copied about once
    const last = this.#last();
    this.#chunks = [last];
    this.#length = last.length;
  }

  text(): string {
    return this.#last().toString('utf8');
  }

  #last(): Buffer {
    const all = Buffer.concat(this.#chunks);
    return all.subarray(Math.max(0, all.length - this.#limit));
  }
}
