import type { ByteParts } from '../../remux/byte-parts.ts';

/** How a flight gets its bytes: it calls `head` once and `data` for each piece, and resolves at the end. */
export type SegmentLoad = (
  sink: { head: (sizeBytes: number | null) => void; data: (piece: Uint8Array) => void },
  signal: AbortSignal,
) => Promise<void>;

/**
 * A segment on its way from the origin. Any number of readers get its bytes as they arrive, from the first on; when the last of them leaves, the
 * fetch ends.
 */
export class SegmentFlight {
  readonly #parts: Uint8Array[] = [];
  readonly #controller = new AbortController();
  readonly #waiters = new Set<() => void>();
  #sizeBytes: number | null = null;
  #state: 'waiting' | 'arriving' | 'complete' | 'failed' = 'waiting';
  #failure: unknown;
  #holds = 0;
  /** Settles, without failing, when nothing more will come. */
  readonly ended: Promise<void>;

  constructor(load: SegmentLoad) {
    const sink = {
      head: (sizeBytes: number | null) => {
        this.#sizeBytes = sizeBytes;
        this.#advance('arriving');
      },
      data: (piece: Uint8Array) => {
        this.#parts.push(piece);
        this.#advance('arriving');
      },
    };
    this.ended = load(sink, this.#controller.signal).then(
      () => this.#advance('complete'),
      (error: unknown) => {
        this.#failure = error;
        this.#advance('failed');
      },
    );
  }

  /** Bytes in all; null when unknown so far. */
  get sizeBytes(): number | null {
    return this.#sizeBytes;
  }

  /** All of it; null until it is complete. */
  get parts(): ByteParts | null {
    return this.#state === 'complete' ? this.#parts : null;
  }

  get hasFailed(): boolean {
    return this.#state === 'failed';
  }

  /** Waits until the first bytes are about to come. Holds the flight; the hold passes to the reader that comes next. @throws why it failed. */
  async open(signal?: AbortSignal): Promise<void> {
    this.#holds += 1;
    try {
      while (this.#state === 'waiting') await this.#change(signal);
      if (this.#state === 'failed') throw this.#failure;
    } catch (error) {
      this.#leave();
      throw error;
    }
  }

  /** Takes over the hold of `open`. @throws why the flight failed, or the signal's reason. */
  async *read(signal?: AbortSignal): AsyncGenerator<Uint8Array, void, void> {
    try {
      for (let index = 0; ; ) {
        signal?.throwIfAborted();
        const part = this.#parts[index];
        if (part) {
          index += 1;
          yield part;
        } else if (this.#state === 'failed') throw this.#failure;
        else if (this.#state === 'complete') return;
        else await this.#change(signal);
      }
    } finally {
      this.#leave();
    }
  }

  abort(reason: unknown): void {
    this.#controller.abort(reason);
  }

  #leave(): void {
    this.#holds -= 1;
    if (this.#holds > 0 || this.#state === 'complete') return;
    this.#controller.abort();
    this.#failure ??= this.#controller.signal.reason;
    this.#advance('failed'); // at once, so that whoever comes next does not join it
  }

  #advance(state: 'arriving' | 'complete' | 'failed'): void {
    if (this.#state === 'complete' || this.#state === 'failed') return;
    this.#state = state;
    for (const wake of [...this.#waiters]) wake();
  }

  #change(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const settle = (finish: () => void) => {
        this.#waiters.delete(wake);
        signal?.removeEventListener('abort', leave);
        finish();
      };
      const wake = () => settle(resolve);
      const leave = () => settle(() => reject(signal?.reason));
      this.#waiters.add(wake);
      signal?.addEventListener('abort', leave, { once: true });
    });
  }
}
