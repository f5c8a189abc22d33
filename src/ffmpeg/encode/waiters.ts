interface Waiter<T> {
  segment: number;
  resolve: (value: T) => void;
  reject: (reason: unknown) => void;
}

/** Who waits for which segment. A waiter whose signal fires leaves. */
export class Waiters<T> {
  readonly #waiting = new Set<Waiter<T>>();

  /** The segment of whoever came last, or the first of those right before it that somebody waits for, too; undefined when nobody waits. */
  latest(): number | undefined {
    const segments = [...this.#waiting].map(({ segment }) => segment);
    let first = segments.at(-1);
    while (first !== undefined && segments.includes(first - 1)) first -= 1;
    return first;
  }

  /** @param onLeave called when a waiter has left by its signal */
  wait(segment: number, signal: AbortSignal | undefined, onLeave: () => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const leave = () => {
        this.#waiting.delete(waiter);
        reject(signal?.reason);
        onLeave();
      };
      const settle = () => {
        this.#waiting.delete(waiter);
        signal?.removeEventListener('abort', leave);
      };
      const waiter: Waiter<T> = {
        segment,
        resolve: (value) => {
          settle();
          resolve(value);
        },
        reject: (reason) => {
          settle();
          reject(reason);
        },
      };
      this.#waiting.add(waiter);
      signal?.addEventListener('abort', leave, { once: true });
    });
  }

  resolve(segment: number, value: T): void {
    for (const waiter of [...this.#waiting]) if (waiter.segment === segment) waiter.resolve(value);
  }

  rejectAll(reason: unknown): void {
    for (const waiter of [...this.#waiting]) waiter.reject(reason);
  }
}
