import { RaffiError } from '../errors.ts';
import type { StageReport } from './types.ts';

/**
 * How long an HTTP request may wait before it is told to come back. hls.js gives up on a fragment without a first byte
 * after 10 s and on a playlist after 20 s: we answer before that, with the stage.
 */
export const PLAYLIST_WAIT_MS = 15_000;
export const SEGMENT_WAIT_MS = 9_000;
const RETRY_AFTER_SECONDS = 1;

/**
 * Runs `work` with a signal that fires when the caller leaves, or a moment after the bound has passed: the work goes on for
 * that moment so that the client's next try joins it instead of starting it over.
 *
 * @throws `wait_exceeded` (503, Retry-After, `stage`) when the bound passes first.
 */
export async function boundedWait<T>(
  work: (signal: AbortSignal) => Promise<T>,
  options: { boundMs: number; what: string; stage: () => StageReport; signal?: AbortSignal | undefined },
): Promise<T> {
  const { boundMs, what, stage, signal } = options;
  signal?.throwIfAborted();
  const controller = new AbortController();
  const leave = () => controller.abort(signal?.reason);
  signal?.addEventListener('abort', leave, { once: true });
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const { stage: name, progress } = stage();
      setTimeout(() => controller.abort(), RETRY_AFTER_SECONDS * 3_000).unref();
      reject(
        new RaffiError(
          'wait_exceeded',
          `${what} is not ready after ${boundMs / 1000} s. It is still being worked on; ask again.`,
          {
            retryAfterSeconds: RETRY_AFTER_SECONDS,
            data: { stage: name, progress },
          },
        ),
      );
    }, boundMs);
  });
  // A film that cannot be played throws at once, before there is a promise: the bound must be taken back all the same.
  const result = (async () => work(controller.signal))();
  result.catch(() => {}); // when the bound won, nobody else listens to the work's own end
  try {
    return await Promise.race([result, bound]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', leave);
  }
}
