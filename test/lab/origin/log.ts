/** Bytes of a file, half-open `[start, end)`. */
export interface ByteRange {
  start: number;
  end: number;
}

/** One request as the origin saw it. Times are `performance.now()` milliseconds. */
export interface LoggedRequest {
  readonly id: number;
  readonly method: string;
  /** Decoded path without the query. */
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Distinguishes connections: the client's port. */
  readonly connection: number;
  readonly startedMs: number;
  /** The file's bytes that were asked for, resolved against its size; null when no entity was in question. */
  asked: ByteRange | null;
  /** The file's bytes whose delivery was really begun and not held back: handed to the socket. */
  sent: ByteRange | null;
  status: number;
  firstByteMs: number | null;
  endedMs: number | null;
  /** The client went away before the answer was complete. */
  aborted: boolean;
}

/** Everything an origin was asked, with the questions that tests put to it. A path filter is exact; absent: all paths. */
export class RequestLog {
  readonly entries: LoggedRequest[];
  #waiting: (() => void)[] = [];

  constructor(entries: LoggedRequest[] = []) {
    this.entries = entries;
  }

  requests(path?: string): LoggedRequest[] {
    return path === undefined ? [...this.entries] : this.entries.filter((entry) => entry.path === path);
  }

  /** Bytes of body handed to sockets. */
  totalBytes(path?: string): number {
    return sum(this.requests(path).map((entry) => (entry.sent ? entry.sent.end - entry.sent.start : 0)));
  }

  /** Bytes that were sent more than once, each further time counted. */
  bytesSentTwice(path?: string): number {
    return this.#overlap(path, (entry) => entry.sent);
  }

  /** Bytes that GET requests asked for more than once, each further time counted; what an aborted request never got counts as asked. */
  requestedTwice(path?: string): number {
    return this.#overlap(path, (entry) => (entry.method === 'GET' ? entry.asked : null));
  }

  /** How many connections the requests came over. */
  connections(path?: string): number {
    return new Set(this.requests(path).map((entry) => entry.connection)).size;
  }

  /** Requests under way. */
  get active(): LoggedRequest[] {
    return this.entries.filter((entry) => entry.endedMs === null);
  }

  /** Resolves once no request is under way. */
  async idle(): Promise<void> {
    while (this.active.length > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Resolves at the next change of any entry (begun, ended); to wait for a state in a loop. */
  changed(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  clear(): void {
    this.entries.length = 0;
  }

  /** For the origin: an entry was added or has ended. */
  notify(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  #overlap(path: string | undefined, rangeOf: (entry: LoggedRequest) => ByteRange | null): number {
    const byPath = new Map<string, ByteRange[]>();
    for (const entry of this.requests(path)) {
      const range = rangeOf(entry);
      if (range !== null) byPath.set(entry.path, [...(byPath.get(entry.path) ?? []), range]);
    }
    return sum([...byPath.values()].map(overlapBytes));
  }
}

function overlapBytes(ranges: ByteRange[]): number {
  let twice = 0;
  let covered = 0;
  for (const { start, end } of ranges.toSorted((a, b) => a.start - b.start)) {
    twice += Math.max(0, Math.min(covered, end) - start);
    covered = Math.max(covered, end);
  }
  return twice;
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, value) => total + value, 0);
}
