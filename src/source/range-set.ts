/** A set of bytes as sorted, disjoint, half-open ranges `[start, end)`. Touching ranges are merged, so a film read in order is one range. */
export class RangeSet {
  /** Flat pairs: start, end, start, end … strictly ascending. */
  #edges: number[] = [];

  /** How many separate ranges there are. */
  get count(): number {
    return this.#edges.length / 2;
  }

  add(start: number, end: number): void {
    if (end <= start) return;
    const from = this.#edgesBefore(start, true);
    const to = this.#edgesBefore(end, false);
    const edges: number[] = [];
    if (from % 2 === 0) edges.push(start);
    if (to % 2 === 0) edges.push(end);
    this.#edges.splice(from, to - from, ...edges);
  }

  remove(start: number, end: number): void {
    if (end <= start) return;
    const from = this.#edgesBefore(start, true);
    const to = this.#edgesBefore(end, false);
    const edges: number[] = [];
    if (from % 2 === 1) edges.push(start);
    if (to % 2 === 1) edges.push(end);
    this.#edges.splice(from, to - from, ...edges);
  }

  has(offset: number): boolean {
    return this.#edgesBefore(offset, false) % 2 === 1;
  }

  /** The first byte at or after `offset` that is not in the set. */
  nextMissing(offset: number): number {
    const index = this.#edgesBefore(offset, false);
    return index % 2 === 1 ? (this.#edges[index] ?? offset) : offset;
  }

  /** The first byte at or after `offset` that is in the set; `Infinity` when there is none. */
  nextPresent(offset: number): number {
    const index = this.#edgesBefore(offset, false);
    return index % 2 === 1 ? offset : (this.#edges[index] ?? Number.POSITIVE_INFINITY);
  }

  /** Whether any byte of `[start, end)` is in the set. */
  intersects(start: number, end: number): boolean {
    return end > start && this.nextPresent(start) < end;
  }

  /** How many bytes of `[start, end)` are in the set. */
  sizeWithin(start: number, end: number): number {
    let total = 0;
    for (const [from, to] of this) {
      if (from >= end) break;
      if (to > start) total += Math.max(0, Math.min(to, end) - Math.max(from, start));
    }
    return total;
  }

  *[Symbol.iterator](): Iterator<readonly [start: number, end: number]> {
    for (let i = 0; i + 1 < this.#edges.length; i += 2) yield [this.#edges[i] ?? 0, this.#edges[i + 1] ?? 0];
  }

  /** How many edges lie before `offset` (`exclusive`) or at or before it. Odd: the place is inside a range. */
  #edgesBefore(offset: number, exclusive: boolean): number {
    let low = 0;
    let high = this.#edges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const edge = this.#edges[middle] ?? 0;
      if (exclusive ? edge < offset : edge <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
