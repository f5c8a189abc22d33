/** Smaller pieces are joined; what a socket gives at a time is 64 KiB at most. */
const SMALL_BYTES = 4096;
const JOINED_BYTES = 64 * 1024;

/**
 * Joins the small pieces that one read of a socket falls into. An origin may cut its body into chunks of a single byte (RFC 9112 §7.1), and
 * each piece costs those behind it the same, whatever its size: ten thousand in one go held the event loop for seconds. Nothing waits
 * longer for it: what is held back goes on before the loop does.
 */
export class Gather {
  readonly #deliver: (data: Buffer) => void;
  #held: Buffer[] = [];
  #heldBytes = 0;

  constructor(deliver: (data: Buffer) => void) {
    this.#deliver = deliver;
  }

  add(chunk: Buffer): void {
    if (chunk.length >= SMALL_BYTES) {
      this.flush();
      this.#deliver(chunk);
      return;
    }
    if (this.#held.length === 0) queueMicrotask(() => this.flush());
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    if (this.#heldBytes >= JOINED_BYTES) this.flush();
  }

  /** Hands on what is held back. */
  flush(): void {
    const [first, ...more] = this.#held;
    if (!first) return;
    const data = more.length === 0 ? first : Buffer.concat(this.#held, this.#heldBytes);
    this.#held = [];
    this.#heldBytes = 0;
    this.#deliver(data);
  }
}
