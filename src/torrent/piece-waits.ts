import { Deferred } from '../deferred.ts';
import type { RaffiError } from '../errors.ts';

/** Those who wait for pieces. Each waits as long as anything of the torrent comes in, and a bounded time after that. */
export class PieceWaits {
  readonly #stallMs: number;
  readonly #stalled: () => RaffiError;
  readonly #waits = new Map<number, Set<Deferred<void>>>();
  #lastProgressMs = 0;

  constructor(stallMs: number, stalled: () => RaffiError) {
    this.#stallMs = stallMs;
    this.#stalled = stalled;
  }

  /** Settles when the piece has arrived. Rejects when nothing came in for too long, with what failed meanwhile, or the signal's reason. */
  async for(piece: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const wait = new Deferred<void>();
    const others = this.#waits.get(piece) ?? new Set();
    this.#waits.set(piece, others.add(wait));
    const sinceMs = performance.now();
    let timer: NodeJS.Timeout | undefined;
    const watch = () => {
      const leftMs = Math.max(sinceMs, this.#lastProgressMs) + this.#stallMs - performance.now();
      if (leftMs <= 0) wait.reject(this.#stalled());
      else timer = setTimeout(watch, leftMs);
    };
    const leave = () => wait.reject(signal?.reason);
    signal?.addEventListener('abort', leave, { once: true });
    watch();
    try {
      await wait.promise;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', leave);
      others.delete(wait);
      if (others.size === 0 && this.#waits.get(piece) === others) this.#waits.delete(piece);
    }
  }

  /** Whether anybody waits for this piece. */
  has(piece: number): boolean {
    return this.#waits.has(piece);
  }

  /** Something came in, of whatever piece. */
  progressed(): void {
    this.#lastProgressMs = performance.now();
  }

  arrived(piece: number): void {
    this.progressed();
    for (const wait of this.#waits.get(piece) ?? []) wait.resolve();
  }

  fail(error: RaffiError): void {
    for (const waits of this.#waits.values()) for (const wait of waits) wait.reject(error);
  }
}
