/**
 * Values in memory under a byte budget, least recently used first out. One budget may be shared by many owners, each with a prefix of its
 * own in its keys.
 */
export class ByteLru<T> {
  readonly #budgetBytes: number;
  readonly #sizeOf: (value: T) => number;
  readonly #values = new Map<string, T>();
  #sizeBytes = 0;

  /** @param budgetBytes What all values together may take; a value larger than this is never kept. */
  constructor(sizeOf: (value: T) => number, budgetBytes: number) {
    this.#budgetBytes = budgetBytes;
    this.#sizeOf = sizeOf;
  }

  /** Whether it is held; unlike `get`, no use of it. */
  has(key: string): boolean {
    return this.#values.has(key);
  }

  get(key: string): T | undefined {
    const value = this.#values.get(key);
    if (value !== undefined) {
      this.#values.delete(key);
      this.#values.set(key, value);
    }
    return value;
  }

  set(key: string, value: T): void {
    this.delete(key);
    const sizeBytes = this.#sizeOf(value);
    if (sizeBytes > this.#budgetBytes) return;
    this.#values.set(key, value);
    this.#sizeBytes += sizeBytes;
    for (const oldest of this.#values.keys()) {
      if (this.#sizeBytes <= this.#budgetBytes) break;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const value = this.#values.get(key);
    if (value === undefined) return;
    this.#values.delete(key);
    this.#sizeBytes -= this.#sizeOf(value);
  }

  /** Drops every value whose key begins with `prefix`. */
  deletePrefix(prefix: string): void {
    for (const key of [...this.#values.keys()]) if (key.startsWith(prefix)) this.delete(key);
  }

  /** Bytes held under a prefix. */
  sizeBytes(prefix = ''): number {
    let total = 0;
    for (const [key, value] of this.#values) if (key.startsWith(prefix)) total += this.#sizeOf(value);
    return total;
  }
}
