import type { OriginFile } from './content.ts';

/** A fault that strikes the first `times` requests after it was set; absent: every request. */
export interface Times {
  times?: number;
}

/**
 * What a path does wrong. Faults combine: the ones that replace the answer (`expired` links, `status`, `redirect`) come
 * first, those that bend headers and body after. Set with `origin.setFaults`, at any time; counting starts anew then.
 */
export interface Faults {
  /** Answer with this status instead of the file. */
  status?: Times & { code: number; retryAfter?: number | string; body?: string };
  /** Answer with a redirect to a path of this origin or an absolute URL, through `hops` (default 0) intermediate redirects. A redirect to the path itself is a loop. */
  redirect?: Times & { to: string; code?: 301 | 302 | 303 | 307 | 308; hops?: number };
  /** A stable URL that redirects to a fresh signed link of another path, valid for so many requests or milliseconds; then the link answers 403. */
  freshLink?: { to: string; validRequests?: number; validMs?: number };
  /** Refuse (403) requests without a valid link made by `freshLink`. */
  needsLink?: boolean;
  /** Another file takes this one's place after so many requests: new ETag, new length. */
  changeAfter?: { requests: number; file: OriginFile };
  /** Milliseconds before the answer's head, beside the link's latency. */
  delayHeadMs?: number;
  /** Milliseconds between the answer's head and the body's first byte. */
  delayBodyMs?: number;
  /** Kill the connection (RST) after so many bytes of body. */
  reset?: Times & { afterBytes: number };
  /** Close the connection politely (FIN) after so many bytes of body, as a crashed upstream does. */
  cut?: Times & { afterBytes: number };
  /** Send nothing after so many bytes of body, for `ms` (absent: until the client gives up). */
  stall?: Times & { afterBytes: number; ms?: number };
  /** Answer 200 with the whole file whatever is asked, and do not announce ranges. */
  ignoreRange?: boolean;
  /** Answer 206 but begin at another byte than asked, with a truthful Content-Range. */
  shiftRange?: number;
  /** Leave out Content-Length (chunked); or lie by so many bytes, more or less. A lie upwards ends in a closed connection. */
  contentLength?: 'missing' | { lieBy: number };
  /** Leave out Content-Range; name no total (`/*`); or lie about its start or total by so many bytes. */
  contentRange?: 'missing' | 'unknown-total' | { startBy?: number; totalBy?: number };
  /** Neither ETag nor Last-Modified. */
  noValidators?: boolean;
  /** HEAD is answered 405, as many signed links do. */
  noHead?: boolean;
  /** Headers that replace the origin's own; null removes one. */
  headers?: Record<string, string | null>;
}

/** Faults of one path with their counters. */
export class FaultState {
  readonly faults: Faults;
  /** Requests seen since the faults were set, this one included. */
  requests = 0;
  readonly #struck = new Map<object, number>();

  constructor(faults: Faults) {
    this.faults = faults;
  }

  /** The fault if it still strikes, counting one strike; null when it is unset or used up. */
  strike<T extends Times>(fault: T | undefined): T | null {
    if (fault === undefined) return null;
    const struck = this.#struck.get(fault) ?? 0;
    if (fault.times !== undefined && struck >= fault.times) return null;
    this.#struck.set(fault, struck + 1);
    return fault;
  }
}

/** The signed links that `freshLink` hands out. */
export class SignedLinks {
  readonly #links = new Map<string, { requests: number; expiresAt: number }>();
  #next = 1;

  issue(validRequests = Number.POSITIVE_INFINITY, validMs = Number.POSITIVE_INFINITY): string {
    const id = `s${this.#next++}`;
    this.#links.set(id, { requests: validRequests, expiresAt: performance.now() + validMs });
    return id;
  }

  /** Counts one use; false when the link is unknown or has expired. */
  use(id: string | null): boolean {
    const link = id === null ? undefined : this.#links.get(id);
    if (link === undefined || link.requests < 1 || performance.now() > link.expiresAt) return false;
    link.requests--;
    return true;
  }
}
