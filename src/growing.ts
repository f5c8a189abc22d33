type Outcome = { failed: false } | { failed: true; error: unknown };

/** A sequence in the making: any number of readers get all of it, each from its beginning and as it grows. */
export class Growing<T> {
  readonly #items: T[] = [];
  readonly #onIdle: () => void;
  #outcome: Outcome | null = null;
  #wake = new Set<() => void>();
  #readers = 0;

  /** @param onIdle called when the last reader has left before the end */
  constructor(onIdle: () => void = () => {}) {
    this.#onIdle = onIdle;
  }

  /** What there is by now. */
  get items(): readonly T[] {
    return this.#items;
  }

  /** Nothing more will come, and nothing is missing. */
  get isWhole(): boolean {
    return this.#outcome?.failed === false;
  }

  get readers(): number {
    return this.#readers;
  }

  push(item: T): void {
    if (this.#outcome) return;
    this.#items.push(item);
    this.#changed();
  }

  end(): void {
    this.#outcome ??= { failed: false };
    this.#changed();
  }

  /** Readers get what there is, then this error. */
  fail(error: unknown): void {
    this.#outcome ??= { failed: true, error };
    this.#changed();
  }

  /** Counts as a reader from its first `next` on. @throws what it failed with, or the signal's reason */
  async *read(signal?: AbortSignal): AsyncGenerator<T, void, void> {
    this.#readers += 1;
    try {
      for (let at = 0; ; at++) {
        while (at >= this.#items.length && !this.#outcome) await this.#change(signal);
        signal?.throwIfAborted();
        if (at < this.#items.length) yield this.#items[at] as T;
        else if (this.#outcome?.failed) throw this.#outcome.error;
        else return;
      }
    } finally {
      this.#readers -= 1;
      if (this.#readers === 0 && !this.#outcome) this.#onIdle();
    }
  }

  #change(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      const settle = (then: () => void) => {
        this.#wake.delete(wake);
        signal?.removeEventListener('abort', leave);
        then();
      };
      const wake = () => settle(resolve);
      const leave = () => settle(() => reject(signal?.reason));
      this.#wake.add(wake);
      signal?.addEventListener('abort', leave, { once: true });
    });
  }

  #changed(): void {
    for (const wake of [...this.#wake]) wake();
  }
}
