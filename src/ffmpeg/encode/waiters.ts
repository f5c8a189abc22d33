interface Waiter<T> {
  segment: number;
  /** Milliseconds of a monotonic clock. */
  since: number;
  resolve: (value: T) => void;
  reject: (reason: unknown) => void;
}

/** Who has waited so long comes before whoever came last: two who ask in turns must not keep a third waiting for ever. */
const PATIENCE_MS = 3000;

/** Who waits for which segment. A waiter whose signal fires leaves. */
export class Waiters<T> {
  readonly #waiting = new Set<Waiter<T>>();
  readonly #now: () => number;

  /** @param now milliseconds of a monotonic clock */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Whose turn it is: the segment of whoever came last, unless somebody's patience is at an end; or the first of those right before it that
   * somebody waits for, too. Undefined when nobody waits.
   */
  next(): number | undefined {
    const [oldest, ...others] = this.#waiting;
    const isOverdue = oldest !== undefined && this.#now() - oldest.since > PATIENCE_MS;
    const segments = [...this.#waiting].map(({ segment }) => segment);
    let first = isOverdue ? oldest.segment : (others.at(-1) ?? oldest)?.segment;
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
        since: this.#now(),
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
