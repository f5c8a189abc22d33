import { RaffiError } from '../errors.ts';
import type { StageReport } from './types.ts';

/** How long requests wait, and how long the work goes on for those who come back; all in milliseconds. */
export interface WaitBounds {
  viewMs: number;
  playlistMs: number;
  segmentMs: number;
  /** How long a film goes on being opened after a request for it was told to come back. */
  openingGraceMs: number;
  /** The same for a segment: a player may have seeked away, and its bytes then hold up others. */
  segmentGraceMs: number;
}

/**
 * hls.js gives up on a fragment without a first byte after 10 s and on a playlist after 20 s: we answer before that, with the
 * stage. `GET /sessions/:id` waits 10 s by contract. Clients of the documented API come back after 1, 2, 4, then 8 s: the
 * graces outlast that pause, so that every try joins the same work and a slow origin is not started over for ever.
 */
export const WAIT_BOUNDS: WaitBounds = {
  viewMs: 10_000,
  playlistMs: 15_000,
  segmentMs: 9_000,
  openingGraceMs: 30_000,
  segmentGraceMs: 10_000,
};

const RETRY_AFTER_SECONDS = 1;

/** The end of a request's patience, which all the waits it is made of share. */
export interface Deadline {
  /** Milliseconds of `performance.now()`. */
  atMs: number;
  /** How long the request waits in all. */
  boundMs: number;
}

export function deadlineIn(boundMs: number): Deadline {
  return { atMs: performance.now() + boundMs, boundMs };
}

export interface BoundedWaitOptions {
  deadline: Deadline;
  /** How long the work goes on after the deadline, milliseconds. */
  graceMs: number;
  what: string;
  stage: () => StageReport;
  signal?: AbortSignal | undefined;
}

/**
 * Runs `work` with a signal that fires when the caller leaves, or when the grace after the deadline has passed: the client's
 * next try joins the work instead of starting it over.
 *
 * @throws `wait_exceeded` (503, Retry-After, `stage`) when the deadline comes first.
 */
export async function boundedWait<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { deadline, graceMs, what, stage, signal }: BoundedWaitOptions,
): Promise<T> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const leave = () => controller.abort(signal?.reason);
  signal?.addEventListener('abort', leave, { once: true });
  // A film that cannot be played throws at once, before there is a promise: the bound must be taken back all the same.
  const result = (async () => work(controller.signal))();
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => {
        const grace = setTimeout(() => controller.abort(), graceMs).unref();
        const end = () => clearTimeout(grace);
        result.then(end, end);
        reject(tooLate(what, deadline.boundMs, stage()));
      },
      Math.max(0, deadline.atMs - performance.now()),
    );
  });
  result.catch(() => {}); // when the bound won, nobody else listens to the work's own end
  try {
    return await Promise.race([result, bound]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', leave);
  }
}

/** The pieces as they come; `giveUp` is called when one of them is waited for longer than the bound, and must end the iteration. */
export async function* boundedGaps<T>(
  pieces: AsyncIterable<T>,
  boundMs: number,
  giveUp: () => void,
): AsyncGenerator<T, void, void> {
  let timer = setTimeout(giveUp, boundMs);
  try {
    for await (const piece of pieces) {
      clearTimeout(timer);
      yield piece;
      timer = setTimeout(giveUp, boundMs);
    }
  } finally {
    clearTimeout(timer);
  }
}

/** `wait_exceeded`: 503 with Retry-After, and the stage. */
export function tooLate(what: string, boundMs: number, { stage, progress }: StageReport): RaffiError {
  return new RaffiError(
    'wait_exceeded',
    `${what} is not ready after ${boundMs / 1000} s. It is still being worked on; ask again.`,
    { retryAfterSeconds: RETRY_AFTER_SECONDS, data: { stage, progress } },
  );
}
